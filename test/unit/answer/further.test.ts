import { expect, it } from "vitest";
import { wasTold } from "../../../src/answer/further.js";

const TOLD =
  "The radar was built by ISRO in Bengaluru, where it was tested for two years [1]. Main points:\n- It flies at a height of 747 kilometres above the ground [2]";

it.each([
  ["The radar was built by ISRO in Bengaluru, where it was tested for two years.", true],
  // An answer may leave off how a sentence ends, or begins.
  ["The radar was built by ISRO in Bengaluru, where it was tested for two years; NASA paid for it.", true],
  ["Since then it flies at a height of 747 kilometres above the ground", true],
  ["The rad", false],
  ["The radar was built by NASA in Pasadena, where it was tested for two months.", false],
])("%s was told: %s", (text, expected) => {
  expect(wasTold(text, TOLD)).toBe(expected);
});
