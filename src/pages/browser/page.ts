import { followFaq } from "./faq.js";
import { followPassages } from "./passages.js";

// What the pages do where a browser runs scripts; each can be read without.
followPassages();
followFaq();
