// The contract for the domain that the host's own system runs in, where a hypervisor lies below it: its processors, its memory, what the next
// boot gives it. Part of a hypervisor driver; absent where guests are programs of this system.
//
// What is set live lasts until the next boot, what is kept for the boot does nothing before it. Every method may be called again.

/** `own`: processor n of the domain on CPU n and no other; `mixed`: anything else that somebody made. */
export type Pinning = 'none' | 'own' | 'mixed';

export interface ControlDomainState {
  /** CPUs of the machine. */
  readonly cpus: number;
  /** Processors of the domain that are switched on. */
  readonly vcpus: number;
  /** As many as it was booted with: there are no more until the next boot. */
  readonly vcpusMax: number;
  readonly pinning: Pinning;
  /** What it is to have of the machine's memory. */
  readonly memoryBytes: number;
  /** The most that it can be given before the next boot; absent: the hypervisor does not tell. */
  readonly memoryMaxBytes?: number;
  /** What its programs use now, as far as its own kernel tells. */
  readonly usedBytes?: number;
  readonly machineMemoryBytes: number;
}

/** What is not named is the hypervisor's own choice, or somebody else's. */
export interface BootSettings {
  readonly vcpus?: number;
  /** Only with `vcpus`. */
  readonly isPinned?: boolean;
  readonly memoryBytes?: number;
}

export interface ControlDomain {
  state(): Promise<ControlDomainState>;
  /** What this host's agent has asked of the next boot. Rejects with `in-use` when its place is taken by somebody else's file. */
  bootSettings(): Promise<BootSettings>;
  /**
   * Replaces what the next boot gives; without any setting nothing is left of it. Durable when it resolves, which takes seconds; on failure the
   * boot is as it was. Rejects with `unsupported` where the machine's loader is none that this knows. Resolves with what people should know: why
   * the next boot may still be another.
   */
  keepForBoot(settings: BootSettings): Promise<readonly string[]>;
  /** Rejects with `bad-config` above what it was booted with. */
  setVcpus(count: number): Promise<void>;
  pin(pinning: 'none' | 'own'): Promise<void>;
  /** Resolves when it is asked for; the domain gives and takes memory in its own time. */
  setMemory(bytes: number): Promise<void>;
}

/** The power of the machine. */
export interface HostPower {
  /** Begins to bring the whole machine down; resolves before it is. */
  shutdown(options: { readonly restart: boolean }): Promise<void>;
}
