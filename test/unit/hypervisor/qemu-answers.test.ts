import { describe, expect, test } from '@jest/globals';
import { networkMetrics } from '../../../src/drivers/hypervisor/qemu/agent.ts';
import { kindOfSentence } from '../../../src/drivers/hypervisor/qmp/errors.ts';
import { guestState } from '../../../src/drivers/hypervisor/qemu/guest.ts';
import { parseCpuInfo, parseMemInfo, shareOf } from '../../../src/drivers/hypervisor/qemu/host-info.ts';
import { decodeTicket, encodeTicket, uriOf } from '../../../src/drivers/hypervisor/qemu/migration/ticket.ts';
import { probeFirmware } from '../../../src/drivers/hypervisor/qemu/probe-firmware.ts';
import { threadSeconds } from '../../../src/drivers/hypervisor/qemu/stats.ts';

test.each([
  ['Could not write: No space left on device', 'no-space'],
  ['cannot set up guest memory ‘pc.ram’: Cannot allocate memory', 'no-memory'],
  ['Failed to get "write" lock', 'in-use'],
  ['Failed to connect to ‘10.0.0.1:10809’: Connection refused', 'unreachable'],
  ['The certificate hasn’t got a known issuer', 'unreachable'],
  ['Duplicate device ID ‘disk-1’', 'exists'],
  ['Could not open ‘/x’: No such file or directory', 'bad-config'],
  ['something never heard of', 'failed'],
])('QEMU says "%s": %s', (words, kind) => {
  expect(kindOfSentence(words)).toBe(kind);
});

test.each([
  ['running', 'running'],
  ['inmigrate', 'incoming'],
  ['postmigrate', 'migrated'],
  ['guest-panicked', 'crashed'],
  ['internal-error', 'crashed'],
  ['paused', 'paused'],
  ['prelaunch', 'paused'],
  ['finish-migrate', 'paused'],
  ['io-error', 'paused'],
])('the run state %s is %s', (runState, state) => {
  expect(guestState(runState)).toBe(state);
});

describe('a ticket', () => {
  const ticket = { memory: { host: '::1', port: 4000 }, nbd: { host: '10.0.0.1', port: 4001 }, disks: { a: 'x' } };
  test('survives the journey', () => {
    expect(decodeTicket(JSON.parse(JSON.stringify(encodeTicket(ticket))))).toEqual(ticket);
  });
  test.each([
    [{}],
    [{ ...ticket, driver: 'xen' }],
    [{ ...encodeTicket(ticket), memory: { host: 'x;rm', port: 1 } }],
    [{ ...encodeTicket(ticket), nbd: { host: 'x', port: 70_000 } }],
    [{ ...encodeTicket(ticket), disks: { a: 7 } }],
  ])('that is spoilt is refused: %j', spoilt => {
    expect(() => decodeTicket(spoilt)).toThrow('ticket');
  });
  test('gives an address as QEMU reads it', () => {
    expect([uriOf(ticket.memory), uriOf(ticket.nbd)]).toEqual(['tcp:[::1]:4000', 'tcp:10.0.0.1:4001']);
  });
});

describe('what an agent says of its network', () => {
  const cards = new Map([['52:54:00:00:00:01', '0']]);
  const address = (type: string, text: string) => ({ 'ip-address-type': type, 'ip-address': text, prefix: 24 });
  test('becomes XenAPI’s keys', () => {
    const said = [
      { name: 'lo', 'hardware-address': '00:00:00:00:00:00', 'ip-addresses': [address('ipv4', '127.0.0.1')] },
      {
        name: 'eth0',
        'hardware-address': '52:54:00:00:00:01',
        'ip-addresses': [address('ipv4', '10.0.2.15'), address('ipv6', 'fe80::1'), address('ipv4', '10.0.2.16')],
      },
    ];
    expect(networkMetrics(said, cards)).toEqual({
      '0/ip': '10.0.2.15',
      '0/ipv4/0': '10.0.2.15',
      '0/ipv4/1': '10.0.2.16',
      '0/ipv6/0': 'fe80::1',
    });
  });
  test.each([
    [null],
    ['x'],
    [[{ 'hardware-address': 7 }]],
    [[{ 'hardware-address': '52:54:00:00:00:01', 'ip-addresses': [address('ipv4', '<script>')] }]],
  ])('is ignored when it is nonsense: %j', said => {
    expect(networkMetrics(said, cards)).toEqual({});
  });
  test('is cut when there is too much of it', () => {
    const many = Array.from({ length: 1000 }, (_, i) => address('ipv4', `10.0.${i >> 8}.${i & 255}`));
    const keys = Object.keys(networkMetrics([{ 'hardware-address': '52:54:00:00:00:01', 'ip-addresses': many }], cards));
    expect(keys.length).toBeLessThan(20);
  });
});

test('the processors of /proc/cpuinfo', () => {
  const one = (n: number): string =>
    `processor\t: ${n}\nvendor_id\t: GenuineIntel\nmodel name\t: A CPU @ 2GHz\ncpu MHz\t\t: 2099.998\nphysical id\t: ${n % 2}\nflags\t\t: fpu sse2\n\n`;
  expect(parseCpuInfo([0, 1, 2, 3].map(one).join(''))).toEqual({
    count: 4,
    sockets: 2,
    vendor: 'GenuineIntel',
    model: 'A CPU @ 2GHz',
    mhz: 2100,
    flags: ['fpu', 'sse2'],
  });
});

test('the memory of /proc/meminfo', () => {
  expect(parseMemInfo('MemTotal:       1000 kB\nMemFree:          10 kB\nMemAvailable:    500 kB\n')).toEqual({
    memoryTotalBytes: 1_024_000,
    memoryFreeBytes: 512_000,
  });
});

test('a thread’s time, whatever its name', () => {
  expect(threadSeconds('12 (CPU 0) x) S 1 1 1 0 -1 0 0 0 0 0 150 50 0 0')).toBe(2);
});

test('the probe’s firmware jumps to its code from the reset vector', () => {
  const image = probeFirmware();
  expect(image.length).toBe(65_536);
  expect([...image.subarray(0xfff0, 0xfff5)]).toEqual([0xea, 0, 0, 0, 0xf0]);
  expect(image[0]).toBe(0xfa);
});

describe('the share of the memory that guests may have', () => {
  const machine = { memoryTotalBytes: 1000, memoryFreeBytes: 600 };
  test.each([
    ['all, where no limit is set', undefined, 500, { memoryTotalBytes: 1000, memoryFreeBytes: 600 }],
    ['the limit, less what guests were promised', 400, 100, { memoryTotalBytes: 400, memoryFreeBytes: 300 }],
    ['no more than is free', 1000, 100, { memoryTotalBytes: 1000, memoryFreeBytes: 600 }],
    ['no more than there is', 5000, 100, { memoryTotalBytes: 1000, memoryFreeBytes: 600 }],
    ['nothing, where more was promised', 400, 500, { memoryTotalBytes: 400, memoryFreeBytes: 0 }],
  ])('%s', (_what, limitBytes, promisedBytes, share) => {
    expect(shareOf(machine, limitBytes, promisedBytes)).toEqual(share);
  });
});
