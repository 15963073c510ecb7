// What cannot be: each is answered with the error that XenAPI clients know, and neither the records nor the switch change. On a whole host
// with real NICs and a real switch.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sentences } from '../../../src/cli/errors/sentences.ts';
import { RackedHosts, type Racked } from '../support/rack/hosts.ts';
import { rackLab } from '../support/rack/obstacles.ts';

const lab = await rackLab('Refusals of the network');

lab('refusals', () => {
  let hosts: RackedHosts;
  let aa: Racked;
  /** What the commands below name. */
  const known: Record<string, string> = {};

  beforeAll(async () => {
    hosts = await RackedHosts.start({ hosts: ['aa'], nics: 6 });
    aa = hosts.get('aa');
    for (const [i, pif] of (await aa.nics()).entries()) known[`eth${i}`] = pif;
    known['taken'] = await aa.xcp('network-create', 'name-label=taken');
    known['free'] = await aa.xcp('network-create', 'name-label=free');
    known['vlan'] = await aa.xcp('vlan-create', `pif-uuid=${known['eth1']}`, 'vlan=7', `network-uuid=${known['taken']}`);
    known['bonded'] = await aa.xcp('network-create', 'name-label=bonded');
    known['bond'] = await aa.xcp(
      'bond-create',
      `network-uuid=${known['bonded']}`,
      `pif-uuids=${known['eth2']},${known['eth3']}`,
      'mode=active-backup',
    );
    known['master'] = await aa.xcp('bond-param-get', `uuid=${known['bond']}`, 'param-name=master');
  }, 120_000);
  afterAll(() => hosts[Symbol.asyncDispose]());

  /** Records and switch, as texts that are equal when nothing changed. */
  const whole = async (): Promise<string> => {
    const lists = ['network', 'pif', 'bond', 'vlan', 'tunnel'].map(cls => aa.xcp(`${cls}-list`, 'params=all', '-o', 'json'));
    const rows = ['bridge', 'port', 'interface'].map(table =>
      aa.host.ovs.vsctl('--columns=_uuid,name,external_ids,other_config', 'list', table),
    );
    const records = (await Promise.all(lists)).map(text => text.replaceAll(/"(io[-_]\w+|last-updated)": [^\n]*/g, ''));
    return [...records, ...(await Promise.all(rows))].join('\n');
  };

  const words = (line: string): readonly string[] =>
    line.split(' ').map(word => word.replaceAll(/\{(\w+)\}/g, (_, name: string) => known[name] ?? name));

  test.each([
    ['a tag that VLANs do not have', 'vlan-create pif-uuid={eth1} vlan=4095 network-uuid={free}', 'VLAN_TAG_INVALID', '4095'],
    ['a negative tag', 'vlan-create pif-uuid={eth1} vlan=-1 network-uuid={free}', 'VLAN_TAG_INVALID', '-1'],
    ['the same tag twice on one NIC', 'vlan-create pif-uuid={eth1} vlan=7 network-uuid={free}', 'PIF_VLAN_EXISTS', 'eth1'],
    ['a VLAN on a network that is in use', 'vlan-create pif-uuid={eth1} vlan=8 network-uuid={taken}', 'NETWORK_ALREADY_CONNECTED', ''],
    ['a VLAN on a VLAN', 'vlan-create pif-uuid={vlan} vlan=8 network-uuid={free}', 'PIF_IS_VLAN', '{vlan}'],
    ['a VLAN on a NIC of a bond', 'vlan-create pif-uuid={eth2} vlan=8 network-uuid={free}', 'CANNOT_ADD_VLAN_TO_BOND_SLAVE', '{eth2}'],
    ['a bond of a NIC that is in one', 'bond-create network-uuid={free} pif-uuids={eth1},{eth2}', 'PIF_ALREADY_BONDED', '{eth2}'],
    ['a bond with an address that is none', 'bond-create network-uuid={free} pif-uuids={eth0},{eth1} mac=zz', 'MAC_INVALID', 'zz'],
    ['a bond of a VLAN', 'bond-create network-uuid={free} pif-uuids={vlan},{eth0}', 'PIF_VLAN_EXISTS', 'eth1'],
    [
      'an address that is none',
      'pif-reconfigure-ip uuid={eth1} mode=static IP=10.2.2.999 netmask=255.255.255.0',
      'INVALID_IP_ADDRESS_SPECIFIED',
      'IP',
    ],
    ['a static address that is missing', 'pif-reconfigure-ip uuid={eth1} mode=static', 'INVALID_IP_ADDRESS_SPECIFIED', 'IP'],
    [
      'a netmask that is none',
      'pif-reconfigure-ip uuid={eth1} mode=static IP=10.2.2.2 netmask=255.0.255.0',
      'INVALID_IP_ADDRESS_SPECIFIED',
      'netmask',
    ],
    [
      'a gateway outside the network',
      'pif-reconfigure-ip uuid={eth1} mode=static IP=10.2.2.2 netmask=255.255.255.0 gateway=10.2.3.1',
      'INVALID_IP_ADDRESS_SPECIFIED',
      'gateway',
    ],
    [
      'a gateway that is none',
      'pif-reconfigure-ip uuid={eth1} mode=static IP=10.2.2.2 netmask=255.255.255.0 gateway=bad',
      'INVALID_IP_ADDRESS_SPECIFIED',
      'gateway',
    ],
    ['no address for the management', 'pif-reconfigure-ip uuid={eth0} mode=none', 'PIF_IS_MANAGEMENT_INTERFACE', '{eth0}'],
    ['a network in use that shall go', 'network-destroy uuid={taken}', 'NETWORK_CONTAINS_PIF', '{vlan}'],
    ['a NIC with a VLAN on it that shall be forgotten', 'pif-forget uuid={vlan}', 'PIF_VLAN_STILL_EXISTS', '{vlan}'],
    ['the management NIC that shall be unplugged', 'pif-unplug uuid={eth0}', 'PIF_IS_MANAGEMENT_INTERFACE', '{eth0}'],
  ])('%s', async (_what, line, code, names) => {
    const before = await whole();
    const { code: exit, stderr, stdout } = await aa.run(words(line));
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
    const [expected = ''] = words(names);
    expect(stderr).toContain(sentences[code]);
    expect(stderr).toContain(expected);
    expect(await whole()).toBe(before);
  });

  test('a bond of one NIC is made, as ever, and people are warned', async () => {
    const ran = await aa.run(words('bond-create network-uuid={free} pif-uuids={eth1} mode=active-backup'));
    expect(ran).toMatchObject({ code: 0, stderr: 'Warning: a bond of one PIF survives no failure: name 2 to 4.\n' });
    const bond = ran.stdout.trim();
    expect(await aa.xcp('bond-show', `uuid=${bond}`)).toMatch(/eth1 +up.* yes, active/);
    await aa.xcp('bond-destroy', `uuid=${bond}`);
    expect(await aa.xcp('vlan-list', 'params=tag', '--minimal')).toBe('7');
  });

  test('the same NIC named twice for a bond is in it once, as ever, and people are told', async () => {
    const ran = await aa.run(words('bond-create network-uuid={free} pif-uuids={eth1},{eth1} mode=active-backup'));
    expect(ran).toMatchObject({ code: 0, stderr: 'Warning: the same PIF is named twice, and is in the bond once.\n' });
    expect(await aa.xcp('bond-param-get', `uuid=${ran.stdout.trim()}`, 'param-name=slaves')).toBe(known['eth1']);
    await aa.xcp('bond-destroy', `uuid=${ran.stdout.trim()}`);
  });

  test('a bond of five NICs is made, as ever, and people are warned', async () => {
    await aa.xcp('bond-destroy', `uuid=${known['bond']}`);
    const members = [1, 2, 3, 4, 5].map(number => `{eth${number}}`).join(',');
    const ran = await aa.run(words(`bond-create network-uuid={free} pif-uuids=${members} mode=balance-slb`));
    expect(ran).toMatchObject({ code: 0, stderr: 'Warning: 5 PIFs are more than the 4 that a bond is supported with.\n' });
    const bond = ran.stdout.trim();
    const shown = await aa.xcp('bond-show', `uuid=${bond}`);
    for (const number of [1, 2, 3, 4, 5]) expect(shown).toMatch(new RegExp(`eth${number} +up`));
    expect(await aa.host.ovs.vsctl('--bare', '--columns=tag', 'find', 'port', 'fake_bridge=true')).toBe('7');
    await aa.xcp('bond-destroy', `uuid=${bond}`);
    expect(await aa.xcp('vlan-list', 'params=tag', '--minimal')).toBe('7');
  });

  test.each([
    [10, 68],
    [70_000, 65_521],
  ])('an MTU of %i is taken, as ever; people are warned, and devices get what is possible', async (mtu, possible) => {
    const warning = `Warning: MTU ${mtu} is out of range, 68 to 65521 bytes: hosts use ${possible}.\n`;
    const made = await aa.run(['network-create', `name-label=odd-${mtu}`, `MTU=${mtu}`]);
    expect(made).toMatchObject({ code: 0, stderr: warning });
    const network = made.stdout.trim();
    expect(await aa.xcp('network-param-get', `uuid=${network}`, 'param-name=MTU')).toBe(String(mtu));
    const guest = await aa.guest({ name: `odd-${mtu}`, network, mac: `02:00:00:00:0c:0${mtu % 7}` });
    expect(await aa.host.ovs.vsctl('get', 'interface', guest.tap, 'mtu_request')).toBe(String(possible));
    expect(await aa.run(['network-param-set', `uuid=${known['taken']}`, `MTU=${mtu}`])).toEqual({ code: 0, stdout: '', stderr: warning });
    const device = await aa.host.ovs.vsctl('--bare', '--columns=name', 'find', 'port', 'fake_bridge=true');
    expect(await aa.host.ovs.vsctl('get', 'interface', device, 'mtu_request')).toBe(String(possible));
    expect(await aa.run(['network-param-set', `uuid=${known['taken']}`, 'MTU=1500'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('an MTU that is no number is refused', async () => {
    const before = await whole();
    const { code, stdout, stderr } = await aa.run(['network-create', 'name-label=none', 'MTU=abc']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('Int64.of_string');
    expect(await whole()).toBe(before);
  });
});
