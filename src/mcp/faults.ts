/** Codes of JSON-RPC and of the Model Context Protocol. */
export const RPC = {
  parse: -32_700,
  invalidRequest: -32_600,
  unknownMethod: -32_601,
  invalidParams: -32_602,
  internal: -32_603,
  unknownResource: -32_002,
} as const;

/** An error that a caller is answered with as it is: code and message, nothing else. */
export class ProtocolFault extends Error {
  override readonly name = "ProtocolFault";
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}
