import { termsOfWord } from "../search/tokenize.js";

/** Words that deny what they stand with. "Only" does not: what it limits is still said. */
const DENIALS = new Set(
  "not no never none nobody nothing nowhere neither nor without unless cannot cant non hardly barely scarcely unlike".split(
    " ",
  ),
);
/** Verbs and adjectives that deny what follows them. */
const DENYING =
  "fail lack refuse decline reject deny prevent avoid miss absent except exclude forbid prohibit ban disallow forbidden unable impossible".split(
    " ",
  );

/** Everyday opposites of English, one pair a line of the list; every word stands for all its forms. */
const PAIRS = `accept reject|accept refuse|agree disagree|allow forbid|allow prohibit|allow ban|allow prevent|allow disallow|permit forbid|permit prohibit
permit ban|may must|optional mandatory|optional compulsory|optional required|optional obligatory|voluntary compulsory|voluntary mandatory|always never|sometimes always|sometimes never
often rarely|often seldom|frequently rarely|usually rarely|before after|earlier later|early late|first last|former latter|begin end|start end|start stop|start finish|begin finish|open close
opened closed|open shut|increase decrease|increase reduce|increase fall|increase drop|increase cut|grow shrink|grow decline|raise lower|raise cut|rise fall|rise drop|up down|upper lower
high low|higher lower|highest lowest|more less|more fewer|most least|most fewest|many few|much little|maximum minimum|above below|over under|exceed below|inside outside|indoor outdoor
inside outdoors|include exclude|included excluded|include except|with without|win lose|gain lose|success failure|succeed fail|strong weak|strengthen weaken|easy difficult|easy hard|simple complex
cheap expensive|cheaper dearer|rich poor|fast slow|faster slower|quick slow|long short|longer shorter|large small|larger smaller|big small|bigger smaller|wide narrow|wider narrower
thick thin|heavy light|heavier lighter|deep shallow|near far|left right|north south|east west|northern southern|eastern western|new old|newer older|young old|younger older|modern ancient
public private|free paid|free charge|internal external|domestic foreign|national international|global local|central local|same different|similar different|true false|correct wrong|right wrong
legal illegal|lawful unlawful|safe dangerous|safe unsafe|possible impossible|able unable|available unavailable|known unknown|certain uncertain|certain doubtful|clear unclear|likely unlikely|agree refuse
present absent|appear disappear|create destroy|build demolish|build dismantle|add remove|add delete|keep discard|keep remove|keep delete|keep abandon|retain discard|enable disable|enabled disabled
connect disconnect|attach detach|lock unlock|import export|buy sell|lend borrow|give take|send receive|enter leave|arrive depart|arrive leave|join leave|push pull|encourage discourage
support oppose|favour oppose|approve reject|approve oppose|welcome reject|love hate|like dislike|trust distrust|help hinder|protect harm|cause prevent|cooperate compete|cooperation competition|ally rival
partner rival|unite divide|unify divide|alone together|separate together|separately together|jointly separately|single multiple|full empty|full partial|whole part|complete incomplete|partly fully
partially fully|temporary permanent|permanent occasional|daily weekly|weekly monthly|monthly yearly|weekday weekend|morning evening|morning afternoon|day night|summer winter|spring autumn|sunrise sunset
hot cold|warm cold|warm cool|dry wet|clean dirty|hard soft|loud quiet|bright dark|visible invisible|manned unmanned|crewed uncrewed|reusable expendable|reusable disposable|positive negative
advantage disadvantage|benefit harm|benefit drawback|strength weakness|advance retreat|forward backward|forwards backwards|ascend descend|launch land|success fail|achieve fail|expand shrink|expand contract
extend shorten|delay accelerate|speed slow|reduce raise|save waste|save spend|profit loss|majority minority|all none|everyone nobody|everybody nobody|every no|both neither|either neither
men women|man woman|male female|boy girl|adult child|adults children|parent child|teacher pupil|employer employee|buyer seller|guest host|master slave|predator prey|upstream downstream
abandon continue|cancel continue|discontinue continue|suspend resume|suspend continue|withdraw join|resign appoint|hire dismiss|employ dismiss|promote demote|pass fail|admit deny|confirm deny
reveal hide|reveal conceal|show hide|secret public|formal informal|official unofficial|direct indirect|directly indirectly|active passive|automatic manual|automatically manually|online offline
dependent independent|depend independent|equal unequal|fair unfair|stable unstable|flexible rigid|sufficient insufficient|enough insufficient|adequate inadequate|necessary unnecessary|needed unnecessary|require optional
mandatory voluntary|important unimportant|relevant irrelevant|useful useless|valid invalid|visible hidden|healthy sick|alive dead|live die|born die|survive perish|victory defeat|peace war|peaceful warlike
civilian military|civil military|guilty innocent|front back|front rear|top bottom|beginning end|entrance exit|ahead behind|past future|ancestor descendant|question answer|supply demand|theory practice|inner outer|generous restrictive|generous mean|advanced basic|advanced beginner|major minor|senior junior|allow forbidden|permit forbidden|may forbidden|allow prohibit|begun ended|begun finished|rose fell|rise fell|grew shrank|grow shrank|won lost|win lost|gave took|sold bought|sell bought|buy sold|went came|left arrived|leave arrived`;

const denying = new Set(DENYING.flatMap((word) => termsOfWord(word)));
const opposites = new Map<string, Set<string>>();
for (const pair of PAIRS.split(/[|\n]/)) {
  const [a, b] = pair.split(" ").map((word) => termsOfWord(word)[0]!);
  for (const [one, other] of [
    [a!, b!],
    [b!, a!],
  ] as const) {
    if (one === other) continue;
    opposites.set(one, (opposites.get(one) ?? new Set()).add(other));
  }
}

/** Prefixes that turn a word into its opposite. */
const REVERSING = /^(?:un|in|im|ir|il|dis|non|mis)(?=\p{L}{3})/u;

/** Whether a word, as written or as an index term, denies what it stands with: "not", "without", "don't", "lacks". */
export function denies(word: string, term: string): boolean {
  const bare = word.toLowerCase().replace(/’/g, "'");
  return DENIALS.has(bare.replace("'", "")) || bare.endsWith("n't") || denying.has(term);
}

/** Whether two index terms say the opposite of each other: "allow" and "forbid", "available" and "unavailable". */
export function areOpposite(a: string, b: string): boolean {
  if (a === b) return false;
  if (opposites.get(a)?.has(b) === true) return true;
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return REVERSING.test(long) && long.replace(REVERSING, "") === short;
}

const PARTICLES =
  "in out|into out|in from|up down|on off|onto off|before after|over under|above below|to from|inside outside|with without|until from|since until";
const oppositeParticles = new Map<string, Set<string>>();
for (const pair of PARTICLES.split("|")) {
  const [a, b] = pair.split(" ");
  for (const [one, other] of [
    [a!, b!],
    [b!, a!],
  ] as const)
    oppositeParticles.set(one, (oppositeParticles.get(one) ?? new Set()).add(other));
}

/** How many words of a claim are followed by a particle that turns them round: "get out" for "get in", "before six" for "after six". */
export function turnedParticles(claim: string, source: string): number {
  const [theirs, ours] = [particlesIn(source), particlesIn(claim)];
  let turned = 0;
  for (const [word, particles] of ours) {
    const others = theirs.get(word);
    if (others === undefined) continue;
    for (const particle of particles) {
      if (!others.has(particle) && [...others].some((other) => oppositeParticles.get(particle)!.has(other))) turned++;
    }
  }
  return turned;
}

/** Words with the particles that follow directly, and particles with the words and numbers that do. */
function particlesIn(text: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const words = text.toLowerCase().match(/[\p{L}\p{N}:.]*[\p{L}\p{N}]/gu) ?? [];
  const add = (key: string, particle: string): void => void found.set(key, (found.get(key) ?? new Set()).add(particle));
  for (const [i, word] of words.entries()) {
    if (!oppositeParticles.has(word)) continue;
    const [before, after] = [words[i - 1], words[i + 1]];
    if (before !== undefined) add(`${termsOfWord(before)[0] ?? before} …`, word);
    if (after !== undefined) add(`… ${termsOfWord(after)[0] ?? after}`, word);
  }
  return found;
}
