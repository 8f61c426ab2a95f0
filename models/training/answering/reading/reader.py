"""Trains the network that reads sentences (src/answer/sentence-reader.ts) and writes its files.

usage: reader.py train DATA CHECKPOINT [EPOCHS [START RATE]]   DATA: a folder of dump.mjs; START: a checkpoint to go on from
       reader.py report DATA CHECKPOINT                top-1, top-2 and mean reciprocal rank beside the weighted features alone
       reader.py export DATA CHECKPOINT OUT            OUT: models/docent-answers-en
       reader.py cases DATA CHECKPOINT OUT             OUT: test/fixtures/reader-cases.json

Loss: listwise softmax over a question's right sentences and some of the others, for the weighted features and the network
together; the same over all words of all of them, for the words of the marked answer; and a logistic loss for each sentence by
itself, which gives the score of its words a zero; and one for a question's candidates together, which is what the decision to
answer asks: whether any of them answers. Needs numpy and torch.
"""

import json
import re
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

MODELS = Path(__file__).parents[3]
SOURCES = ["squad", "qed", "covid", "sent", "everyday"]
HELD_OUT = ["squad-8", "squad-9", "qed-2", "covid-3"]
# Of FAQ pages, 17 to 33, every third tenth; of the pages and articles asked in standard English, 35 to 38, every tenth.
HELD_OUT_SUBJECT = re.compile(r"everyday-(?:\d\d-11|(?:18|21|24|27|30|33)-10|3[5678]-\d3)-")
LEARNED_FROM = 30_000
SENTENCE, QUESTION, HEADING = 40, 22, 16
PIECES = 4  # as many batches of texts of like length
STEPS = [2, 3]  # how far apart the neighbours are that a block's words hear
LOOKS, STOP, NAME, FOCUS, CAPITALS = 15, 1 << 10, 1 << 13, 1 << 14, 1 | 2 | 1 << 11
NAME_SHAPE, WORD_SHAPE = LEARNED_FROM + 8, LEARNED_FROM + 9  # see dump.mjs
NEGATIVES, BATCH, RATE, DROPOUT, SPAN, ALONE, ANY = 7, 32, 2e-3, 0.2, 0.5, 0.2, 0.5
FOREIGN = 0.06  # of the questions beside another's candidates, as a collection about other things has them
SMALL = 0.3  # of the questions as a collection of a few sentences has them: no word is rare there
vectors = np.fromfile(MODELS / "docent-words-en" / "vectors.bin", np.int8).reshape(-1, 100).astype(np.float32)


class Data:
    def __init__(self, folder):
        folder = Path(folder)
        read = lambda name, kind=np.int32: np.fromfile(folder / f"{name}.bin", kind)
        self.emb, self.tid, self.flags, self.idf = read("emb"), read("tid"), read("flags"), read("idf", np.float32)
        self.off = read("off").astype(np.int64)
        self.q, self.c = read("q").reshape(-1, 4), read("c").reshape(-1, 8)
        meta = json.load(open(folder / "meta.json"))
        self.set, self.mode = (np.array([m[i] for m in meta["meta"]]) for i in (0, 1))
        self.learned, self.names = meta["learned"], meta["names"]
        self.x = read("x", np.float32).reshape(-1, len(self.names))
        file = folder / "cover.npy"
        if not file.exists():
            self.cover(file)
        self.covered = np.load(file, mmap_mode="r")

    def cover(self, file):
        """How like each word of a question the likest word of a sentence is, of what introduces it, and of its neighbours, and
        whether it is the same."""
        out = np.lib.format.open_memmap(file, "w+", np.float16, (len(self.c), QUESTION, 8))
        unit = np.vstack([vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.zeros((len(self.learned), 100), np.float32)])
        for number, first, count, _ in self.q:
            words = slice(self.off[number], self.off[number + 1])
            texts, where = np.unique(self.c[first : first + count, :4], return_inverse=True)
            where = where.reshape(count, 4)
            held = np.zeros((len(texts), 2, words.stop - words.start), np.float32)
            for k, text in enumerate(texts):
                own = slice(self.off[text], self.off[text + 1])
                if own.stop > own.start:
                    same = self.tid[own, None] == self.tid[None, words]
                    held[k] = np.maximum(unit[self.emb[own]] @ unit[self.emb[words]].T, same).max(0), same.max(0)
            out[first : first + count, : held.shape[2]] = held[where].reshape(count, 8, -1).transpose(0, 2, 1)
        out.flush()

    def right(self, i):
        return self.c[self.q[i, 1] : self.q[i, 1] + self.q[i, 2], 5]

    def words(self, texts, most):
        length = np.minimum(self.off[texts + 1] - self.off[texts], most)
        at = self.off[texts][:, None] + np.arange(max(1, length.max()))
        there = np.arange(at.shape[1]) < length[:, None]
        at[~there] = 0
        pick = lambda values, none: np.where(there, values[at], none)
        return {"emb": pick(self.emb, LEARNED_FROM).astype(np.int64), "tid": pick(self.tid, -1).astype(np.int64),
                "flags": pick(self.flags, 0), "idf": pick(self.idf, 0), "mask": there}

    def batch(self, questions, candidates):
        """candidates: a row of numbers for each question, -1 for none"""
        size, count = candidates.shape
        flat = candidates.reshape(-1)
        there = flat >= 0
        q = self.words(self.q[questions, 0], QUESTION)
        s, t = (self.words(np.where(there, self.c[flat, text], 0), most) for text, most in ((0, SENTENCE), (4, HEADING)))
        for words in (s, t):
            words["mask"] &= there[:, None]
        at = np.arange(s["emb"].shape[1])
        span = (at >= self.c[flat, 6][:, None]) & (at <= self.c[flat, 7][:, None]) & (there & (self.c[flat, 6] >= 0))[:, None]
        shape = lambda values: np.where(there.reshape(-1, *[1] * (values.ndim - 1)), values, 0).reshape(size, count, *values.shape[1:])
        return {"q": q, "s": s, "t": t, "x": shape(self.x[flat]), "cover": shape(self.covered[flat][:, : q["emb"].shape[1]]).astype(np.float32),
                "absent": ~there.reshape(size, count), "right": shape(self.c[flat, 5]) > 0, "span": span.reshape(size, count, -1)}


def tensors(batch):
    return {k: tensors(v) if isinstance(v, dict) else torch.from_numpy(np.ascontiguousarray(v)) for k, v in batch.items()}


def bits(flags):
    return ((flags[..., None] >> torch.arange(LOOKS)) & 1).float()


class Block(nn.Module):
    """Each word hears the question's words as they are read, the whole text, and (a sentence's) its heading; then its neighbours.

    What is heard says nothing at first, so that a network trained without can go on with it."""

    def __init__(self, hidden, step):
        super().__init__()
        self.askk, self.askq = nn.Linear(hidden, 32, bias=False), nn.Linear(hidden, 32, bias=False)
        self.again, self.whole = nn.Linear(hidden, hidden, bias=False), nn.Linear(hidden, hidden, bias=False)
        self.conv = nn.Conv1d(hidden, hidden, 3, padding=step, dilation=step)
        for layer in (self.again, self.whole):
            nn.init.zeros_(layer.weight)

    def forward(self, g, there, question, asked, beside=0):
        """g: [texts, words, hidden]; question: [texts, words, hidden], each text's own"""
        heard = torch.bmm(self.askq(g), self.askk(question).transpose(1, 2)) / 32**0.5
        heard = torch.bmm(heard.masked_fill(~asked[:, None], -1e4).softmax(-1), self.again(question))
        g = (g + heard + (self.whole(g.amax(1).clamp(min=0)) + beside)[:, None]) * there
        return residual(self.conv, g) * there


def residual(conv, h):
    return h + torch.relu(conv(h.transpose(1, 2))).transpose(1, 2)


class Reader(nn.Module):
    def __init__(self, learned, features, width=64, hidden=96):
        super().__init__()
        self.register_buffer("vec", torch.tensor(vectors / 400 * 3))
        self.spec = nn.Parameter(torch.randn(learned, 100) * 0.3)
        self.proj, self.sim = nn.Linear(100, width), nn.Linear(100, 32, bias=False)
        self.exact, self.simscale = nn.Parameter(torch.tensor(3.0)), nn.Parameter(torch.tensor(1.0))
        self.qin, self.qconv, self.qatt = nn.Linear(width + LOOKS + 1, hidden), nn.Conv1d(hidden, hidden, 3, padding=1), nn.Linear(hidden, 1)
        self.sin = nn.Linear(2 * width + LOOKS + 1 + 6, hidden)
        self.c1 = nn.Conv1d(hidden, hidden, 3, padding=1)
        self.blocks = nn.ModuleList([Block(hidden, step) for step in STEPS])
        self.bil, self.abias = nn.Linear(hidden, hidden), nn.Linear(hidden, 1)
        self.covq, self.covm, self.covo = nn.Linear(hidden, 16), nn.Linear(9, 16, bias=False), nn.Linear(16, 1, bias=False)
        self.lin, self.alpha = nn.Parameter(torch.zeros(features)), nn.Parameter(torch.tensor(0.5))
        self.absb = nn.Parameter(torch.tensor(3.0))
        self.covs = nn.Linear(16, 1, bias=False)
        # What a sentence's heading says to each of its words, and for whether it answers and covers.
        self.under, self.titled = nn.Linear(hidden, hidden, bias=False), nn.Linear(hidden, 2, bias=False)
        for layer in (self.covs, self.under, self.titled):
            nn.init.zeros_(layer.weight)

    def embed(self, ids):
        known = F.embedding(ids.clamp(max=LEARNED_FROM - 1), self.vec)
        return torch.where((ids >= LEARNED_FROM)[..., None], F.embedding((ids - LEARNED_FROM).clamp(min=0), self.spec), known)

    def read(self, q, s, depth, beside=None):
        """Texts beside their question (q: what is known of the questions, a row for each text; s: the texts' words) through so many
        blocks: [texts, words, hidden]; and how well the likest word of each is aligned with each of the question's."""
        se, there = self.embed(s["emb"]), s["mask"][..., None].float()
        same = (s["tid"][:, :, None] == q["tid"][:, None]).float()
        near = torch.bmm(self.sim(se), q["sim"].transpose(1, 2)) * self.simscale / 32**0.5
        near = near.masked_fill(~q["mask"][:, None], -1e4)
        aligned = torch.bmm((near + self.exact * same).softmax(-1), q["x"])
        content = (q["looks"][..., 10] == 0) & q["mask"]
        known = F.normalize(se, dim=-1) * (s["emb"] < LEARNED_FROM)[..., None]
        like = torch.maximum(torch.bmm(known, q["unit"].transpose(1, 2)), same)
        matches = [(same, content), (like, content), (same, content * q["looks"][..., 13]), (like, content * q["looks"][..., 14]),
                   (same, content * q["idf"] / 8), (same, ~content & q["mask"])]
        matches = torch.stack([(value * of[:, None]).amax(-1).clamp(min=0) for value, of in matches], -1)
        g = torch.cat([self.drop(self.proj(se)), aligned, bits(s["flags"]), s["idf"][..., None] / 8, matches], -1)
        g = self.drop(torch.relu(self.sin(g))) * there
        g = self.drop(residual(self.c1, g) * there)
        for number, block in enumerate(self.blocks[:depth]):
            g = block(g, there, q["h"], q["mask"], beside if number == 0 and beside is not None else 0)
        return g, near.masked_fill(~there.bool(), -10).amax(1)

    def drop(self, values):
        return F.dropout(values, DROPOUT, self.training)

    def forward(self, b):
        """The score of each candidate, of each of its words, and the network's two parts of the first."""
        q, s, t = b["q"], b["s"], b["t"]
        size, count = b["absent"].shape
        hidden, length = self.bil.out_features, s["emb"].shape[1]
        qe, q_there = self.embed(q["emb"]), q["mask"][..., None]
        looks, qx = bits(q["flags"]), self.drop(self.proj(qe))
        h = torch.relu(self.qin(torch.cat([qx, looks, q["idf"][..., None] / 8], -1))) * q_there
        h = residual(self.qconv, h) * q_there
        asked = self.bil((h * self.qatt(h).masked_fill(~q_there, -1e4).softmax(1)).sum(1)) / hidden**0.5
        unit = F.normalize(qe, dim=-1) * (q["emb"] < LEARNED_FROM)[..., None]
        q |= {"h": h, "x": qx, "looks": looks, "sim": self.sim(qe), "unit": unit, "asked": asked}
        # Texts of like length are read together, and what is not there is not read.
        ends = lambda words: (words["mask"] * torch.arange(1, words["mask"].shape[1] + 1)).amax(1)
        pieces = lambda words: [p for p in ends(words).sort(stable=True)[1].chunk(PIECES) if words["mask"][p].any()]
        cut = lambda words, p: {name: value[p][:, : int(ends(words)[p].max())] for name, value in words.items()}
        beside = lambda p: {name: value[p // count] for name, value in q.items()}
        heading = h.new_zeros(size * count, hidden)
        for p in pieces(t):
            heading = heading.index_put((p,), self.read(beside(p), cut(t, p), 1)[0].amax(1).clamp(min=0))
        words, own, under = h.new_full((size * count, length), -1e4), h.new_full((size * count, h.shape[1]), -10), self.under(heading)
        for p in pieces(s):
            some, asks = cut(s, p), beside(p)
            g, near = self.read(asks, some, len(self.blocks), under[p])
            scores = (g * asks["asked"][:, None]).sum(-1) + self.abias(g).squeeze(-1)
            scores = F.pad(scores.masked_fill(~some["mask"], -1e4), (0, length - scores.shape[1]), value=-1e4)
            words, own = words.index_put((p,), scores), own.index_put((p,), near)
        words, titled = words.view(size, count, length), self.titled(self.drop(heading)).view(size, count, 2)
        # how far what matters of the question is there
        own = own.view(size, count, -1).clamp(-3, 6) / 3
        wanted = torch.relu(self.covq(h)[:, None] + self.covm(torch.cat([b["cover"], own[..., None]], -1)))
        covers, answered = ((out(self.drop(wanted)).squeeze(-1) * q["mask"][:, None]).sum(-1) for out in (self.covo, self.covs))
        answers, covers = words.logsumexp(-1) + answered + titled[..., 0], covers + titled[..., 1]
        score = b["x"] @ self.lin + self.alpha * answers + covers
        return score.masked_fill(b["absent"], -1e4), words, answers - self.absb, covers


def chosen(data, i, random):
    """A question's right sentences and some of the others, the better ones more often."""
    first, right = data.q[i, 1], data.right(i)
    good, others = np.where(right)[0], np.where(right == 0)[0]
    if len(others) > NEGATIVES:
        odds = np.exp(-0.08 * np.arange(len(others)))
        others = random.choice(others, NEGATIVES, False, odds / odds.sum())
    return first + np.concatenate([random.choice(good, 2, False) if len(good) > 2 else good, others])


def padded(lists):
    out = np.full((len(lists), max(map(len, lists))), -1)
    for row, values in zip(out, lists):
        row[: len(values)] = values
    return out


def roughen(b, step, random):
    """People type in lower case and leave little words out; list items are fragments; some words have no vector; and what is
    rare in a large collection is not in a small one."""
    q, s, t = b["q"], b["s"], b["t"]
    size = len(q["emb"])
    rarity = np.where(random.random(size) < SMALL, random.random(size), 1).astype(np.float32)
    q["idf"] = q["idf"] * rarity[:, None]
    for words in (s, t):
        words["idf"] = words["idf"] * np.repeat(rarity, len(words["emb"]) // size)[:, None]
    q["flags"][random.random(size) < 0.3] &= ~CAPITALS
    q["mask"] &= ~((random.random(size) < 0.15)[:, None] & ((q["flags"] & STOP) > 0) & (random.random(q["emb"].shape) < 0.6))
    length, span = s["mask"].sum(1), b["span"].reshape(len(s["emb"]), -1)
    first = np.where(span.any(1), span.argmax(1), np.maximum(length - 3, 0))
    cut = np.where(random.random(len(length)) < 0.2, (random.random(len(length)) * np.minimum(first + 1, length * 0.7)).astype(int), 0)
    s["mask"] &= np.arange(s["mask"].shape[1]) >= cut[:, None]
    for words in (q, s, t):
        lost = ((words["tid"] * 2654435761 + step * 7919) % 1000 < 50) & (words["emb"] < LEARNED_FROM)
        words["emb"][lost] = np.where(words["flags"][lost] & (1 | 1 << 11), NAME_SHAPE, WORD_SHAPE)


def held_out(name):
    return name in HELD_OUT or HELD_OUT_SUBJECT.match(name) is not None


def train(data, checkpoint, epochs, start=None, rate=RATE):
    torch.manual_seed(1)
    random = np.random.default_rng(1)
    source = np.array([name.split("-")[0] for name in data.set])
    learned_from = np.isin(source, SOURCES) & ~np.array([held_out(name) for name in data.set])
    answerable = (data.mode == "answerable") & np.array([data.right(i).any() for i in range(len(data.q))])
    questions = np.where(learned_from & (answerable | np.isin(data.mode, ["impossible", "near-miss"])))[0]
    model = Reader(len(data.learned), len(data.names)) if start is None else load(data, start)
    others = [p for name, p in model.named_parameters() if name != "lin"]
    optimizer = torch.optim.AdamW([{"params": others}, {"params": [model.lin]}], lr=rate, weight_decay=0.01)
    steps = epochs * (len(questions) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, [rate, 10 * rate], total_steps=steps + 1, pct_start=0.1)
    started, step = time.time(), 0
    for epoch in range(epochs):
        model.train()
        order = random.permutation(questions)
        for at in range(0, len(order) - BATCH + 1, BATCH):
            ids = order[at : at + BATCH]
            foreign = random.random(BATCH) < FOREIGN
            b = data.batch(ids, padded([chosen(data, j, random) for j in np.where(foreign, random.permutation(ids), ids)]))
            for part in (b["right"], b["span"]):
                part[foreign] = False
            roughen(b, step, random)
            b = tensors(b)
            score, words, alone, _ = model(b)
            right, ranked = b["right"], torch.from_numpy((data.mode[ids] == "answerable") & ~foreign)
            share = lambda values, good: -(values.masked_fill(~good, -1e4).logsumexp(1) - values.logsumexp(1))
            loss = share(score, right)[ranked].mean()
            span = b["span"].reshape(BATCH, -1)
            marked = span.any(1) & torch.from_numpy(~np.char.startswith(data.set[ids], "sent"))
            loss = loss + SPAN * share(words.reshape(BATCH, -1), span)[marked].mean()
            there = ~b["absent"]
            loss = loss + ALONE * F.binary_cross_entropy_with_logits(alone[there].clamp(min=-30), right[there].float(), pos_weight=torch.tensor(3.0))
            together = alone.masked_fill(b["absent"], -30).clamp(min=-30).logsumexp(1)
            loss = loss + ANY * F.binary_cross_entropy_with_logits(together, ranked.float())
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5)
            optimizer.step()
            schedule.step()
            step += 1
            if step % 100 == 0:
                print(epoch, step, steps, round(loss.item(), 3), f"{time.time() - started:.0f} s", flush=True)
        torch.save(model.state_dict(), checkpoint)
        report(data, model)


def load(data, checkpoint):
    state = torch.load(checkpoint)
    model = Reader(len(data.learned), len(data.names), hidden=len(state["bil.bias"]))
    # The word vectors are those of the product, also where they were others in training.
    model.load_state_dict({**state, "vec": model.vec})
    return model


def report(data, model):
    model.eval()
    for name in [s for s in np.unique(data.set) if held_out(s) or s.split("-")[0] not in SOURCES]:
        ids = np.where((data.set == name) & (data.mode == "answerable") & (data.q[:, 3] == 1))[0]
        ranks = []
        with torch.no_grad():
            for at in range(0, len(ids), BATCH):
                some = ids[at : at + BATCH]
                score = model(tensors(data.batch(some, padded([np.arange(data.q[i, 1], data.q[i, 1] + data.q[i, 2]) for i in some]))))[0]
                for i, row in zip(some, score.numpy()):
                    hits = np.where(data.right(i)[np.argsort(-row[: data.q[i, 2]], kind="stable")])[0]
                    ranks.append(hits[0] + 1 if len(hits) else np.inf)
        ranks = np.array(ranks)
        print(f"{name:12s} {len(ids):5d} top-1 {100 * (ranks <= 1).mean():.1f} top-2 {100 * (ranks <= 2).mean():.1f} MRR {(1 / ranks).mean():.3f}", flush=True)


def export(data, checkpoint, out):
    """Layers that only multiply are put together; convolutions as [tap][in][out], what whole texts go through as [in][out]."""
    w = {name: value.double().numpy() for name, value in torch.load(checkpoint).items() if name != "vec"}
    width = len(w["proj.weight"])
    project, offset, s, q = w["proj.weight"], w["proj.bias"], w["sin.weight"], w["qin.weight"]
    taps = lambda name: w[name].transpose(2, 1, 0)
    parts = {
        "learned": w["spec"],
        "inSentence": s[:, :width] @ project, "inSentenceBias": s[:, :width] @ offset + w["sin.bias"],
        "aligned": s[:, width : 2 * width] @ project, "alignedBias": s[:, width : 2 * width] @ offset,
        "forAlignment": w["sim.weight"], "alignment": np.array([w["simscale"], w["exact"]]),
        "looks": s[:, 2 * width : 2 * width + LOOKS], "idf": s[:, 2 * width + LOOKS], "matches": s[:, 2 * width + LOOKS + 1 :].T,
        "inQuestion": q[:, :width] @ project, "inQuestionBias": q[:, :width] @ offset + w["qin.bias"],
        "questionLooks": q[:, width : width + LOOKS], "questionIdf": q[:, width + LOOKS],
        "questionConv": taps("qconv.weight"), "questionConvBias": w["qconv.bias"], "attention": w["qatt.weight"],
        "conv": taps("c1.weight"), "convBias": w["c1.bias"],
        "answer": w["bil.weight"], "answerBias": w["bil.bias"],
        "token": w["abias.weight"], "tokenBias": w["abias.bias"] - w["absb"],
        "under": w["under.weight"].T, "titled": w["titled.weight"],
        "coverQuestion": w["covq.weight"], "coverBias": w["covq.bias"], "coverPlaces": w["covm.weight"],
        "coverOut": w["covo.weight"], "coverAnswers": w["covs.weight"],
    }  # fmt: skip
    for number in range(len(STEPS)):
        block = lambda name: w[f"blocks.{number}.{name}"]
        parts |= {
            f"keys{number}": block("askk.weight").T, f"queries{number}": block("askq.weight").T, f"values{number}": block("again.weight").T,
            f"whole{number}": block("whole.weight").T, f"conv{number}": taps(f"blocks.{number}.conv.weight"), f"conv{number}Bias": block("conv.bias"),
        }  # fmt: skip
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "weights.bin").write_bytes(b"".join(np.ascontiguousarray(v, np.float32).tobytes() for v in parts.values()))
    config = {"learned": data.learned, "tensors": [[name, int(value.size)] for name, value in parts.items()]}
    (folder / "config.json").write_text(json.dumps(config, ensure_ascii=False) + "\n")


def cases(data, folder, checkpoint, out):
    """What the network makes of some candidates, for the product to be tested against."""
    model, rows = load(data, checkpoint).eval(), json.load(open(Path(folder) / "cases.json"))
    for case in rows:
        i = case.pop("row")
        candidates = data.q[i, 1] + np.arange(len(case["candidates"]))
        with torch.no_grad():
            _, _, answers, covers = model(tensors(data.batch(np.array([i]), candidates[None])))
        for k, candidate in enumerate(case["candidates"]):
            candidate["answers"], candidate["covers"] = (round(float(v[0, k]), 4) for v in (answers, covers))
    Path(out).write_text(json.dumps(rows, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    task, folder, checkpoint, *more = sys.argv[1:]
    data = Data(folder)
    if task == "train":
        train(data, checkpoint, int(more[0]) if more else 4, *more[1:2], *map(float, more[2:]))
    elif task == "report":
        report(data, load(data, checkpoint))
    elif task == "cases":
        cases(data, folder, checkpoint, more[0])
    else:
        export(data, checkpoint, more[0])
