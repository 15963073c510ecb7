// Lines to type: hosts.

import type { Examples } from './form.ts';

export const host: Examples = {
  'host-list': [['-o table --select name-label,address,enabled,memory-free', 'All at a glance']],
  'host-disable': [['host=host1', 'No VM starts there until host-enable, or its next start']],
  'host-enable': [['host=host1', 'VMs may start there again']],
  'host-evacuate': [
    ['host=host1', 'All VMs move to other hosts; disable it first, so that none starts there'],
    ['host=host1 --dry-run', 'Whether all could go, and where not'],
  ],
  'host-get-vms-which-prevent-evacuation': [['uuid=host1', 'Which VMs cannot leave, and why']],
  'host-shutdown': [['host=host1', 'After host-disable, and host-evacuate for VMs that shall go on']],
  'host-reboot': [['host=host1', 'After host-disable']],
  'host-power-on': [['host=host1', 'By the means of host-set-power-on-mode']],
  'host-set-power-on-mode': [
    ['host=host1 power-on-mode=wake-on-lan', 'Another host sends the packet'],
    [
      'host=host1 power-on-mode=IPMI power-on-config:power_on_ip=192.0.2.21 power-on-config:power_on_user=admin power-on-config:power_on_password_secret=SECRET-UUID',
      'By its management board; the password is a secret of secret-create',
    ],
  ],
  'host-dmesg': [['host=host1', 'What Xen has said since its start']],
  'host-set-hostname-live': [['host-uuid=host1 host-name=host1.example.org', 'At once, and at each start']],
  'host-param-set': [
    ['uuid=host1 name-description="Rack 4" other-config:team=web', 'Describe it'],
    ['uuid=host1 logging:syslog_destination=192.0.2.30', 'Where logs go; then host-syslog-reconfigure'],
  ],
  'host-syslog-reconfigure': [['host-uuid=host1', 'After logging:syslog_destination= was set']],
  'host-management-reconfigure': [
    ['pif-uuid=$eth1', 'The host is managed over eth1 from now on; taken back if nobody gets through'],
    ['pif-uuid=$eth1 --confirm-timeout 300', 'Five minutes to get there'],
  ],
  'host-emergency-management-reconfigure': [['interface=eth1', 'On the host itself, when nothing else gets through']],
  'host-management-disable': [['', 'On the host itself: only its own socket answers until host-management-reconfigure']],
  'host-compute-free-memory': [['host=host1', 'In bytes']],
  'host-compute-memory-overhead': [['host=host1', 'In bytes']],
  'host-call-plugin': [
    ['host-uuid=host1 plugin=bond-status fn=show', 'What the bonds have negotiated, as JSON'],
    [
      'host-uuid=host1 plugin=cloud-init fn=seed args:vm=4f0c2b9e-2c7b-4a86-9f54-6b2f6d0f0c11 args:user-data:file=web.yaml',
      'An argument out of a file',
    ],
  ],
  'host-cpu-info': [['uuid=host1', 'Maker, model, cores, features']],
  'host-get-cpu-features': [['uuid=host1', 'The features as hexadecimal words']],
  'host-data-source-list': [['host=host1', 'What can be asked for']],
  'host-data-source-query': [['host=host1 data-source=loadavg', 'As it is now']],
  'host-data-source-record': [['host=host1 data-source=loadavg', 'From now on it is kept']],
  'host-data-source-forget': [['host=host1 data-source=loadavg', 'What was kept goes']],
  'host-forget': [['uuid=host3', 'For a host that will never come back; asks first']],
  'host-declare-dead': [['uuid=host3', 'Its VMs may start elsewhere; be sure that it is off. Asks first']],
  'host-backup': [['host=host1 file-name=host1.backup', "The host's system, not its VMs"]],
  'host-restore': [['host=host1 file-name=host1.backup', 'It takes effect at the next start']],
  'host-logs-download': [['host=host1 file-name=host1-logs.tar.bz2', 'All logs in one file']],
  'host-get-system-status': [
    ['host=host1 filename=status.tar.bz2', 'Everything'],
    ['host=host1 filename=status.zip output=zip entries=xapi-logs,network-status', 'Some of it'],
  ],
  'host-get-system-status-capabilities': [['host=host1', 'The words for entries=, as XML']],
  'host-server-certificate-install': [
    ['host=host1 certificate=host1.pem private-key=host1.key certificate-chain=ca.pem', 'Clients see it from now on'],
  ],
  'host-get-server-certificate': [['host=host1', 'As PEM']],
  'host-reset-server-certificate': [['host=host1', 'A new one that the host signs itself']],
  'host-emergency-reset-server-certificate': [['', 'On the host itself, when its certificate is spoiled']],
  'host-emergency-ha-disable': [['--force', 'On the host itself, when the pool is lost']],
  'host-is-in-emergency-mode': [['', 'On the host itself: true or false']],
  'host-enable-ssh': [['host=host1', 'From now on, until host-disable-ssh']],
  'host-disable-ssh': [['host=host1', 'Sessions that are open go on']],
  'host-license-add': [['license-file=host1.lic host-uuid=host1', 'From a file']],
  'host-apply-edition': [['edition=free host-uuid=host1', 'Without a licence server']],
  'host-apply-updates': [['host=host1 hash=0a1b2c3d', 'What pool-sync-updates has fetched']],
  'host-crashdump-upload': [
    ['uuid=4f0c2b9e-2c7b-4a86-9f54-6b2f6d0f0c11 url=ftp://support.example.org/in/', 'One that host-crashdump-list shows'],
  ],
  'host-send-debug-keys': [['host-uuid=host1 keys=h', 'host-dmesg shows the answer']],
  'host-enable-local-storage-caching': [['host=host1 sr-uuid=ssd', 'Reads of shared images are kept on the SR ssd']],
  'host-shutdown-agent': [['', 'On the host itself; guests run on']],
};
