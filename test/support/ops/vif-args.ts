// What VIF.create takes beside the VM, the network and the device, as clients leave it.

export const vifArgs = {
  MAC: '',
  MTU: 1500,
  other_config: {},
  currently_attached: false,
  qos_algorithm_type: '',
  qos_algorithm_params: {},
  locking_mode: 'network_default',
  ipv4_allowed: [],
  ipv6_allowed: [],
  trunks: [],
} as const;
