"""Makes a checkpoint for reader.py of the model that ships, to go on training from, with more channels if wanted.

usage: restore.py MODEL DATA CHECKPOINT [CHANNELS]
  MODEL       a folder that `reader.py export` wrote
  DATA        a folder of dump.mjs: says which features there are beside the network
  CHECKPOINT  is written; CHANNELS, if more than the model's, are added without a say at first: it gives what it gave

Export puts layers together that only multiply. Any factors of the product do as well, so they are taken from its singular value
decomposition. The features' weights are not part of the model and start at zero. Needs numpy and torch.
"""

import json
import re
import sys
from pathlib import Path

import numpy as np
import torch
from reader import LOOKS, STEPS, Reader


def exported(folder):
    config = json.loads((folder / "config.json").read_text())
    values, tensors, at = np.fromfile(folder / "weights.bin", np.float32).astype(float), {}, 0
    for name, size in config["tensors"]:
        tensors[name] = values[at : at + size]
        at += size
    return len(config["learned"]), tensors


def restored(learned, t, features):
    hidden = len(t["convBias"])
    model = Reader(learned, features, hidden=hidden)
    state, width = model.state_dict(), len(model.proj.weight)
    shaped = lambda name: t[name].reshape(hidden, -1)
    left, strength, right = np.linalg.svd(np.vstack([shaped(n) for n in ("inSentence", "aligned", "inQuestion")]), full_matrices=False)
    root = np.sqrt(strength[:width])
    sentence, aligned, question = (left[:, :width] * root).reshape(3, hidden, width)
    offset = np.linalg.lstsq(aligned, t["alignedBias"], rcond=None)[0]
    scale, exact = t["alignment"]
    across = lambda name: t[name].reshape(hidden, -1).T
    taps = lambda name: t[name].reshape(3, hidden, hidden).transpose(2, 1, 0)
    parts = {
        "spec": t["learned"], "proj.weight": root[:, None] * right[:width], "proj.bias": offset,
        "sin.weight": np.hstack([sentence, aligned, t["looks"].reshape(hidden, LOOKS), shaped("idf"), t["matches"].reshape(-1, hidden).T]),
        "sin.bias": t["inSentenceBias"] - sentence @ offset,
        "qin.weight": np.hstack([question, t["questionLooks"].reshape(hidden, LOOKS), shaped("questionIdf")]),
        "qin.bias": t["inQuestionBias"] - question @ offset,
        "sim.weight": t["forAlignment"], "simscale": scale, "exact": exact,
        "qconv.weight": taps("questionConv"), "qconv.bias": t["questionConvBias"], "qatt.weight": t["attention"],
        "c1.weight": taps("conv"), "c1.bias": t["convBias"], "under.weight": across("under"), "titled.weight": t["titled"],
        "bil.weight": t["answer"], "bil.bias": t["answerBias"],
        "abias.weight": t["token"], "abias.bias": t["tokenBias"] + state["absb"].item(),
        "covq.weight": t["coverQuestion"], "covq.bias": t["coverBias"], "covm.weight": t["coverPlaces"],
        "covo.weight": t["coverOut"], "covs.weight": t["coverAnswers"],
    }  # fmt: skip
    for number in range(len(STEPS)):
        block = {
            "askk.weight": across(f"keys{number}"), "askq.weight": across(f"queries{number}"), "again.weight": across(f"values{number}"),
            "whole.weight": across(f"whole{number}"), "conv.weight": taps(f"conv{number}"), "conv.bias": t[f"conv{number}Bias"],
        }  # fmt: skip
        parts |= {f"blocks.{number}.{name}": value for name, value in block.items()}
    return state | {name: torch.tensor(np.asarray(value), dtype=torch.float32).reshape(state[name].shape) for name, value in parts.items()}


def widened(state, learned, channels):
    """New channels are made as in a new network, and nothing listens to them."""
    hidden = len(state["bil.bias"])
    new = Reader(learned, len(state["lin"]), hidden=channels).state_dict()
    louder = (channels / hidden) ** 0.5  # what words score is divided by the root of the channels
    for name, old in state.items():
        if old.shape == new[name].shape:
            new[name] = old
        elif name in ("qin.weight", "qin.bias", "sin.weight", "sin.bias") or re.search(r"(c1|conv)\.bias$", name):
            new[name][:hidden] = old
        elif name.startswith("bil"):
            new[name].zero_()[tuple(slice(size) for size in old.shape)] = old * louder
        elif name in ("qatt.weight", "abias.weight", "covq.weight", "titled.weight") or re.search(r"ask[kq]", name):
            new[name].zero_()[:, :hidden] = old
        else:
            new[name][:hidden] = 0
            new[name][:hidden, :hidden] = old
    return new


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    model, data, checkpoint, *channels = sys.argv[1:]
    torch.manual_seed(3)
    learned, tensors = exported(Path(model))
    state = restored(learned, tensors, len(json.loads((Path(data) / "meta.json").read_text())["names"]))
    torch.save(widened(state, learned, int(channels[0])) if channels else state, checkpoint)
