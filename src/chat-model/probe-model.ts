import { messageOf } from "../errors.js";
import type { ChatModel } from "./chat-model.js";

/** Asks a model for one word. @returns null if it answers, else why not, in one line */
export async function probeModel(chatModel: ChatModel): Promise<string | null> {
  try {
    for await (const piece of chatModel.stream([{ role: "user", content: "Write only: OK" }])) {
      if (piece.trim() !== "") return null;
    }
    return `CHAT_MODEL: ${chatModel.name} gave an empty reply.`;
  } catch (error) {
    return messageOf(error);
  }
}
