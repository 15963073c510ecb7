#!/usr/bin/env python3
"""Frames in and out of a network namespace, with Python's standard library alone. Each command runs inside its namespace, as root.

  plain IF...              transmit offloads off: a switch in user space forwards what it reads, so a frame must leave complete
  echo PORT                answers every UDP datagram until standard input closes
  flows HOST PORT HZ N     N flows of numbered datagrams until standard input closes; prints what was lost, and when
  send IF                  sends the frames of a JSON list of hexadecimal texts on standard input
  hear IF MS MARKS         prints which of the marks (a JSON list) arrived, and their VLANs: when all have, after so long, or when standard input closes
  advertise IF PREFIX/64   router advertisements, two a second, until standard input closes
  wire TAP IF              carries frames between a tap, as a hypervisor does, and a device, until standard input closes
  lacp IF JSON             an LACP partner with any mistake wanted: system, key, port, state, fast; until standard input closes
"""
import array, errno, fcntl, ipaddress, json, os, select, socket, struct, sys, time

ALL_PROTOCOLS = 3
OUTGOING = 4
AUXDATA, VLAN_VALID = 8, 1 << 4


def raw(interface, protocol=ALL_PROTOCOLS):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(protocol))
    s.bind((interface, 0))
    return s


def mac_of(interface):
    return bytes.fromhex(open('/sys/class/net/%s/address' % interface).read().strip().replace(':', ''))


def plain(*interfaces):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for interface in interfaces:
        for command in (0x1F, 0x17, 0x24):  # segmentation, checksums, generic segmentation
            value = array.array('I', [command, 0])
            try:
                fcntl.ioctl(s, 0x8946, struct.pack('16sP16x', interface.encode(), value.buffer_info()[0]))
            except OSError as e:
                if e.errno != errno.EOPNOTSUPP:
                    raise


def echo(port):
    s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    s.bind(('::', int(port)))
    print('ready', flush=True)
    while True:
        if 0 in select.select([s, 0], [], [])[0]:
            if os.read(0, 4096) == b'':
                return
            continue
        data, sender = s.recvfrom(65535)
        try:
            s.sendto(data, sender)
        except OSError:
            pass  # no way back at the moment: that is what is measured


def input_closed():
    return bool(select.select([0], [], [], 0)[0]) and os.read(0, 4096) == b''


def flows(host, port, hz, count):
    """Each flow has a port of its own, so that a bond spreads them. What does not come back within a second is lost."""
    family = socket.AF_INET6 if ':' in host else socket.AF_INET
    sockets = [socket.socket(family, socket.SOCK_DGRAM) for _ in range(int(count))]
    for s in sockets:
        s.connect((host, int(port)))
        s.setblocking(False)
    back = [{} for _ in sockets]
    sent_at = []
    period = 1 / float(hz)

    def gather(seconds):
        for s in select.select(sockets, [], [], max(0, seconds))[0]:
            try:
                while True:
                    n, at = struct.unpack('!Id', s.recv(2048))
                    back[sockets.index(s)][n] = time.time() - at
            except (BlockingIOError, ConnectionRefusedError, OSError):
                pass

    print('ready', flush=True)
    start = time.time()
    while not input_closed():
        now = time.time()
        sent_at.append(now)
        for s in sockets:
            try:
                s.send(struct.pack('!Id', len(sent_at) - 1, now))
            except OSError:
                pass  # no route at the moment counts as lost
        while (left := start + len(sent_at) * period - time.time()) > 0:
            gather(left)
    end = time.time() + 1
    while (left := end - time.time()) > 0:
        gather(left)
    report = []
    for got in back:
        outages, run = [], 0
        for n in range(len(sent_at) + 1):
            if n < len(sent_at) and n not in got:
                run += 1
                continue
            if run:
                outages.append([round(sent_at[n - run] * 1000), round(run * period * 1000)])
            run = 0
        delays = sorted(got.values())
        report.append({
            'sent': len(sent_at), 'lost': len(sent_at) - len(got), 'outages': outages,
            'medianDelayMs': round(delays[len(delays) // 2] * 1000, 2) if delays else None,
        })
    print(json.dumps(report))


def send(interface):
    s = raw(interface)
    for frame in json.load(sys.stdin):
        s.send(bytes.fromhex(frame))
        time.sleep(0.005)


def tci_of(beside):
    """The VLAN tag that the kernel has taken off a frame."""
    for level, kind, data in beside:
        if level == 263 and kind == AUXDATA:
            status, _, _, _, _, tci, _ = struct.unpack('IIIHHHH', data[:20])
            return tci if status & VLAN_VALID else None
    return None


def hear(interface, ms, text):
    marks = json.loads(text)
    s = raw(interface)
    s.setsockopt(263, AUXDATA, 1)  # SOL_PACKET: the kernel takes the tag off a frame and tells it beside
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    print('ready', flush=True)
    end, heard = time.time() + float(ms) / 1000, {}
    while (left := end - time.time()) > 0 and len(heard) < len(marks):
        ready = select.select([s, 0], [], [], left)[0]
        if s not in ready:
            if 0 in ready and os.read(0, 4096) == b'':
                break
            continue
        frame, beside, _, sender = s.recvmsg(65535, 256)
        if sender[2] == OUTGOING:
            continue
        tci = tci_of(beside)
        for mark in marks:
            if mark.encode() in frame:
                heard.setdefault(mark, None if tci is None else tci & 0xFFF)
    print(json.dumps(heard))


def checksum(data):
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def advertise(interface, network):
    prefix, mac = ipaddress.ip_network(network), mac_of(interface)
    source = b'\xfe\x80' + bytes(6) + bytes([mac[0] ^ 2]) + mac[1:3] + b'\xff\xfe' + mac[3:]
    target = ipaddress.ip_address('ff02::1').packed
    body = struct.pack('!BBHBBHII', 134, 0, 0, 64, 0, 1800, 0, 0) + b'\1\1' + mac
    body += struct.pack('!BBBBIII', 3, 4, prefix.prefixlen, 0xC0, 3600, 1800, 0) + prefix.network_address.packed
    sum16 = checksum(source + target + struct.pack('!II', len(body), 58) + body)
    body = body[:2] + struct.pack('!H', sum16) + body[4:]
    packet = struct.pack('!IHBB', 6 << 28, len(body), 58, 255) + source + target + body
    s = raw(interface)
    print('ready', flush=True)
    while not input_closed():
        s.send(bytes.fromhex('333300000001') + mac + b'\x86\xdd' + packet)
        time.sleep(0.5)


def wire(tap, interface):
    """The hypervisor's part of a guest: the guest itself is whatever is behind the device."""
    fd = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, 0x400454CA, struct.pack('16sH22x', tap.encode(), 0x1002))
    s = raw(interface)
    s.setsockopt(263, AUXDATA, 1)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    s.setblocking(False)
    print('ready', flush=True)
    while True:
        heard = select.select([fd, s, 0], [], [])[0]
        if 0 in heard and os.read(0, 4096) == b'':
            return
        try:
            while fd in heard:
                s.send(os.read(fd, 65535))
        except (BlockingIOError, OSError) as e:
            if e.errno not in (errno.EAGAIN, errno.ENETDOWN, errno.ENOBUFS, errno.EBADFD, errno.EIO, errno.EMSGSIZE):
                raise
        try:
            while s in heard:
                frame, beside, _, sender = s.recvmsg(65535, 256)
                if sender[2] == OUTGOING:
                    continue
                tci = tci_of(beside)
                os.write(fd, frame if tci is None else frame[:12] + struct.pack('!HH', 0x8100, tci) + frame[12:])
        except (BlockingIOError, OSError) as e:
            if e.errno not in (errno.EAGAIN, errno.ENETDOWN, errno.EIO, errno.EBADFD):
                raise


def lacp(interface, text):
    """Tells its state as it is told to, whatever the other side says; the other side's own view is given back as the protocol wants it."""
    wanted = json.loads(text)
    system, state = bytes.fromhex(wanted['system'].replace(':', '')), wanted['state']
    actor = struct.pack('!H6sHHHB3x', 32768, system, wanted['key'], 32768, wanted['port'], state)
    partner = bytes(18)
    s = raw(interface, 0x8809)
    mac, due = mac_of(interface), 0.0
    print('ready', flush=True)
    while not input_closed():
        if select.select([s], [], [], max(0, min(0.1, due - time.time())))[0]:
            frame, sender = s.recvfrom(2048)
            if sender[2] != OUTGOING and frame[14:18] == b'\x01\x01\x01\x14':
                partner = frame[18:36]
        if time.time() < due:
            continue
        due = time.time() + (1 if wanted.get('fast', True) else 30)
        pdu = b'\x01\x01' + b'\x01\x14' + actor + b'\x02\x14' + partner + b'\x03\x10' + bytes(14)
        try:
            s.send(bytes.fromhex('0180c2000002') + mac + b'\x88\x09' + pdu + bytes(52))
        except OSError as e:
            if e.errno not in (errno.ENETDOWN, errno.ENOBUFS):
                raise


def main(argv):
    commands = {'plain': plain, 'echo': echo, 'flows': flows, 'send': send, 'hear': hear, 'advertise': advertise, 'wire': wire, 'lacp': lacp}
    if len(argv) < 2 or argv[1] not in commands:
        sys.exit(__doc__)
    commands[argv[1]](*argv[2:])


main(sys.argv)
