// The work on images that the SR's logic needs done: by QEMU's tools, or by the simulator. Every result is durable when it resolves.

import type { MigrationTls } from '../../hypervisor.ts';
import type { Comparison, CopyOptions, CopyTarget, ExchangeFile, ExchangeOptions, VolumeContent, VolumeSource } from '../../storage.ts';

export type ImageFormat = VolumeSource['format'];

export interface ImageFile {
  readonly path: string;
  readonly format: ImageFormat;
}

export interface SendSource extends ImageFile {
  /** The image below it, if any. */
  readonly below?: ImageFile;
  /** About how much will be sent: scales the progress. */
  readonly expectedBytes: number;
}

export interface ExportRequest extends ImageFile {
  /** Names the export; unique in the SR. */
  readonly name: string;
  /** An IP address to listen on, or `unix` for a socket. */
  readonly address: string;
  readonly tls?: MigrationTls;
  /** Shows the content, with all below, beside whoever else has the image open; nobody can write to it here. */
  readonly readOnly: boolean;
}

export interface ImageExport {
  readonly target: CopyTarget;
  /** Ends the export. Resolves when the image is closed and its data durable; rejects if it had died under the writer. */
  close(): Promise<void>;
}

export interface Images {
  /** A new, empty image, on top of `below` (a name in the same directory) if given. */
  create(path: string, sizeBytes: number, below?: { readonly name: string; readonly format: ImageFormat }): Promise<void>;
  /** Grows an image that nobody has open. */
  resize(image: ImageFile, sizeBytes: number): Promise<void>;
  /** Writes what `upper` itself holds into `lower`, the image below it. Through `upper` nothing ever changes; an abort may be followed by a repetition. */
  merge(upper: ImageFile, lower: ImageFile, options: { readonly signal?: AbortSignal }): Promise<void>;
  /** Names another image as the one below, without touching data: both must read the same. */
  repoint(path: string, below: { readonly name: string; readonly format: ImageFormat }): Promise<void>;
  /** Copies all content into an empty image of at least that size. */
  copy(
    source: VolumeSource,
    targetPath: string,
    options: { readonly signal: AbortSignal; readonly onFraction: (fraction: number) => void },
  ): Promise<void>;
  send(source: SendSource, target: CopyTarget, options: CopyOptions): Promise<void>;
  /** Compares all content with what an export shows. */
  compare(
    source: ImageFile,
    target: CopyTarget,
    options: { readonly tls?: MigrationTls; readonly signal: AbortSignal },
  ): Promise<Comparison>;
  openExport(request: ExportRequest): Promise<ImageExport>;
  /** The content of an image, open to this process: an export that is no socket. */
  openContent(request: ImageFile & Pick<ExportRequest, 'name' | 'readOnly'>): Promise<VolumeContent>;
  /** Writes all content into a file; with `base`, only what differs from that image, into one that stands on the file `base.name`. */
  exportFile(
    source: ImageFile,
    file: ExchangeFile,
    options: ExchangeOptions & { readonly base?: ImageFile & { readonly name: string } },
  ): Promise<void>;
  /** Writes a file's content over an image that is exported for writing as `target`. */
  importFile(file: ExchangeFile, image: ImageFile, target: CopyTarget, options: ExchangeOptions): Promise<void>;
  /** Ends exports of an earlier process. */
  endStaleExports(): Promise<void>;
}
