// The one error of the API: a code and its parameters, all texts, as they go over the wire. Helpers make the commonest with their
// parameters in the order that the table of errors names.

export class XenError extends Error {
  readonly code: string;
  readonly params: readonly string[];

  constructor(code: string, params: readonly string[] = [], options?: ErrorOptions) {
    super(params.length ? `${code}: ${params.join(', ')}` : code, options);
    this.name = 'XenError';
    this.code = code;
    this.params = params;
  }

  /** The form that a failure has on the wire: the code, then its parameters. */
  get description(): readonly string[] {
    return [this.code, ...this.params];
  }
}

export const isXenError = (error: unknown, code?: string): error is XenError =>
  error instanceof XenError && (code === undefined || error.code === code);

export const handleInvalid = (cls: string, ref: string): XenError => new XenError('HANDLE_INVALID', [cls, ref]);
export const uuidInvalid = (cls: string, uuid: string): XenError => new XenError('UUID_INVALID', [cls, uuid]);
export const messageMethodUnknown = (method: string): XenError => new XenError('MESSAGE_METHOD_UNKNOWN', [method]);
export const messageRemoved = (): XenError => new XenError('MESSAGE_REMOVED');
export const parameterCountMismatch = (method: string, expected: number, received: number): XenError =>
  new XenError('MESSAGE_PARAMETER_COUNT_MISMATCH', [method, String(expected), String(received)]);
export const notImplemented = (method: string): XenError => new XenError('NOT_IMPLEMENTED', [method]);
/** `text` must be fit for strangers: it goes over the wire. The cause stays here, for the log. */
export const internalError = (text: string, cause?: unknown): XenError =>
  new XenError('INTERNAL_ERROR', [text], cause === undefined ? undefined : { cause });
export const fieldTypeError = (field: string): XenError => new XenError('FIELD_TYPE_ERROR', [field]);
export const invalidValue = (field: string, value: string): XenError => new XenError('INVALID_VALUE', [field, value]);
export const valueNotSupported = (field: string, value: string, reason: string): XenError =>
  new XenError('VALUE_NOT_SUPPORTED', [field, value, reason]);
export const mapDuplicateKey = (cls: string, field: string, ref: string, key: string): XenError =>
  new XenError('MAP_DUPLICATE_KEY', [cls, field, ref, key]);
export const operationNotAllowed = (reason: string): XenError => new XenError('OPERATION_NOT_ALLOWED', [reason]);
export const otherOperationInProgress = (cls: string, ref: string, operation: string, operationRef: string): XenError =>
  new XenError('OTHER_OPERATION_IN_PROGRESS', [cls, ref, operation, operationRef]);
export const sessionInvalid = (ref: string): XenError => new XenError('SESSION_INVALID', [ref]);
export const sessionAuthenticationFailed = (user: string, reason: string): XenError =>
  new XenError('SESSION_AUTHENTICATION_FAILED', [user, reason]);
export const rbacPermissionDenied = (permission: string, message: string): XenError =>
  new XenError('RBAC_PERMISSION_DENIED', [permission, message]);
export const taskCancelled = (task: string): XenError => new XenError('TASK_CANCELLED', [task]);
export const hostIsSlave = (masterAddress: string): XenError => new XenError('HOST_IS_SLAVE', [masterAddress]);
export const vmBadPowerState = (vm: string, expected: string, actual: string): XenError =>
  new XenError('VM_BAD_POWER_STATE', [vm, expected, actual]);
