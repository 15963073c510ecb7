// The firmware of the accelerator's probe: 64 KiB with just enough code to leave real mode for 64-bit mode, with paging, and to write a
// number to QEMU's exit port from there. Its bytes were assembled from:
//
//   cli                            xor ax, ax ; mov ds, ax ; mov es, ax
//   mov di, 0x1000                 mov cx, 0x1800 ; cld ; rep stosw         three empty page tables
//   mov [0x1000], 0x2003           mov [0x2000], 0x3003 ; mov [0x3000], 0x83   2 MiB that map to themselves
//   mov cr3, 0x1000                mov cr4, PAE ; EFER |= LME
//   lgdt [cs:table]                cr0 |= PG | PE ; jump 8:0xf005c           into 64-bit code
//   mov eax, 0x2a2a                mov ecx, 1
//   shl rcx, 40 ; shr rcx, 40      dec rcx ; jnz stop                         only 64-bit registers keep the bit
//   out 0xf4, al            stop:  hlt ; jmp stop
//   table: an empty descriptor, a 64-bit code segment; its address

const CODE =
  '+jHAjtiOwL8AELkAGPzzq8cGABADIMcGACADMMcGADCDAGa4ABAAAA8i2Ga4IAAAAA8i4Ga5gAAAwA8yDQABDzAuZg8BFogADyDAZg0BAACADyLAZupcAA8ACAC4' +
  'KioAALkBAAAASMHhKEjB6ShI/8l1Aub09Ov9AAAAAAAAAAAAAAAAAJogAA8AeAAPAA==';

export const EXIT_PORT = 0xf4;
/** QEMU ends with this status when the code above has run: (number written × 2) + 1. */
export const SIGN_STATUS = (0x2a << 1) | 1;

const FIRMWARE_BYTES = 64 * 1024;
const RESET_VECTOR = FIRMWARE_BYTES - 16;
const HALT = 0xf4;

/** The code at the start of segment 0xf000, a jump to it at the reset vector, halts everywhere else. */
export const probeFirmware = (): Buffer => {
  const image = Buffer.alloc(FIRMWARE_BYTES, HALT);
  image.set(Buffer.from(CODE, 'base64'), 0);
  image.set([0xea, 0x00, 0x00, 0x00, 0xf0], RESET_VECTOR);
  return image;
};
