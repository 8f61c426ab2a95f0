/** What the pages do where a browser runs scripts; each can be read without. */
export {};
