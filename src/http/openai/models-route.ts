import type { RequestHandler } from "express";
import type { z } from "zod";
import { OpenAiFault } from "./errors.js";
import { MODEL, type Model } from "./schemas.js";

/** How much of an unknown name is repeated. */
const NAME_CHARS = 100;

export interface ModelRoutes {
  list: RequestHandler;
  one: RequestHandler;
}

/** GET /v1/models and GET /v1/models/*model: there is one, whatever the answers are made with. */
export function modelRoutes(): ModelRoutes {
  const created = Math.floor(Date.now() / 1000);
  const model: z.output<typeof Model> = { id: MODEL, object: "model", created, owned_by: MODEL };
  return {
    list: (_request, response) => void response.json({ object: "list", data: [model] }),
    one: (request, response) => {
      // Names may hold slashes, which Express takes for several parts.
      const name = [request.params["model"] ?? ""].flat().join("/");
      if (name !== MODEL) throw modelNotFound(name);
      response.json(model);
    },
  };
}

export function modelNotFound(name: string): OpenAiFault {
  const message = `There is no model "${name.slice(0, NAME_CHARS)}" here; the model to use is "${MODEL}".`;
  return new OpenAiFault("not_found", "model_not_found", "model", message);
}
