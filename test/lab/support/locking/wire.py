#!/usr/bin/env python3
"""One end of a wire: sends frames and counts those that come, by marks in them. Python's standard library alone; root.

  wire.py tap IF       opens the tap device as a hypervisor does
  wire.py packet IF    any other interface

Commands are JSON, one a line on standard input; each is answered by one line: {"id": ..., "value": ...}. Ends with its input.
  send   {frames, gapMs}      frames as hexadecimal texts
  flood  {legal, others, hz}  until `calm`: in each period `legal`, and one of `others` in turn
  calm   {}                   how many were sent: {legal, others}
  listen {marks, legal}       counts from zero; `legal` is the mark whose absence is measured
  heard  {}                   {counts, gapMs, gapAt}: the longest time without a legal frame, since the first of them
"""
import fcntl, json, os, select, socket, struct, sys, time

OUTGOING = 4


class Tap:
    def __init__(self, name):
        self.fd = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(self.fd, 0x400454CA, struct.pack('16sH22x', name.encode(), 0x1002))

    def fileno(self):
        return self.fd

    def send(self, frame):
        os.write(self.fd, frame)

    def receive(self):
        return os.read(self.fd, 65536)


class Packet:
    def __init__(self, name):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.socket.bind((name, 0))
        self.socket.setblocking(False)

    def fileno(self):
        return self.socket.fileno()

    def send(self, frame):
        self.socket.send(frame)

    def receive(self):
        frame, address = self.socket.recvfrom(65536)
        return b'' if address[2] == OUTGOING else frame


class End:
    def __init__(self, wire):
        self.wire = wire
        self.flooding = None
        self.marks = []
        self.legal = None
        self.counts = {}
        self.last = None
        self.gap = (0, 0)

    def put(self, frame):
        try:
            self.wire.send(frame)
            return 1
        except OSError:
            return 0  # no link at the moment: that is what is measured

    def send(self, frames, gapMs=1):
        for frame in frames:
            self.put(bytes.fromhex(frame))
            time.sleep(gapMs / 1000)

    def flood(self, legal, others, hz):
        self.flooding = {'legal': bytes.fromhex(legal), 'others': [bytes.fromhex(f) for f in others], 'period': 1 / hz, 'next': time.time(), 'turn': 0}
        self.sent = {'legal': 0, 'others': 0}

    def calm(self):
        self.flooding = None
        return self.sent

    def listen(self, marks, legal=None):
        while self.hear():
            pass
        self.marks = [m.encode() for m in marks]
        self.legal = legal.encode() if legal else None
        self.counts, self.last, self.gap = {}, None, (0, 0)

    def heard(self):
        self.note_gap(time.time())
        return {'counts': self.counts, 'gapMs': round(self.gap[0] * 1000), 'gapAt': round(self.gap[1] * 1000)}

    def note_gap(self, now):
        if self.last is not None and now - self.last > self.gap[0]:
            self.gap = (now - self.last, self.last)

    def hear(self):
        try:
            frame = self.wire.receive()
        except OSError:
            return False
        for mark in self.marks:
            if mark in frame:
                self.counts[mark.decode()] = self.counts.get(mark.decode(), 0) + 1
                if mark == self.legal:
                    now = time.time()
                    self.note_gap(now)
                    self.last = now
        return True

    def tick(self):
        """Sends what is due; the seconds until the next is."""
        flood = self.flooding
        if flood is None:
            return 1
        now = time.time()
        if now >= flood['next']:
            flood['next'] = max(flood['next'] + flood['period'], now)
            self.sent['legal'] += self.put(flood['legal'])
            if flood['others']:
                self.sent['others'] += self.put(flood['others'][flood['turn'] % len(flood['others'])])
                flood['turn'] += 1
        return max(0, flood['next'] - time.time())


def main(kind, name):
    end = End(Tap(name) if kind == 'tap' else Packet(name))
    print('ready', flush=True)
    held = b''
    while True:
        due = end.tick()
        readable = select.select([0, end.wire], [], [], due)[0]
        if end.wire in readable:
            for _ in range(64):
                if not end.hear():
                    break
        if 0 in readable:
            piece = os.read(0, 1 << 20)
            if piece == b'':
                return
            held += piece
            *lines, held = held.split(b'\n')
            for line in lines:
                command = json.loads(line)
                call, number = command.pop('do'), command.pop('id')
                print(json.dumps({'id': number, 'value': getattr(end, call)(**command)}), flush=True)


main(*sys.argv[1:])
