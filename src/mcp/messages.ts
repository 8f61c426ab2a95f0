type Message = Readonly<Record<string, unknown>>;

/** The messages in a body: one, or those of a batch. What is no object is left out. */
export function messagesIn(body: unknown): Message[] {
  const all: unknown[] = Array.isArray(body) ? body : [body];
  return all.filter((one): one is Message => typeof one === "object" && one !== null && !Array.isArray(one));
}

/** What a message asks for; undefined for an answer. */
export function methodOf(message: Message): unknown {
  return message["method"];
}
