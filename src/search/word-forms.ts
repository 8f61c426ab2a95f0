/**
 * Forms that neither the stemmer nor the word vectors bring together with their word (a cosine below 0.57, or unknown), a word and
 * its forms on each line. "Bought" is near "buy" as it is.
 */
export const FORMS = `
awake awoken
deal dealt
dream dreamt
fling flung
know known
mean meant
mistake mistook
misunderstand misunderstood
mow mown
outgrow outgrew outgrown
overtake overtaken
ring rang rung
speed sped
spill spilt
spring sprang sprung
strike stricken
strive striven
swim swum
tear tore
wake woken
weave wove
sky skies
free freed
fireman firemen
craftsman craftsmen
tradesman tradesmen
workman workmen
goose geese
louse lice
calf calves
hoof hooves
shelf shelves
wife wives
housewife housewives
wolf wolves
spectrum spectra
stratum strata
memorandum memoranda
millennium millennia
addendum addenda
stimulus stimuli
radius radii
cactus cacti cactuses
index indices
appendix appendices
paralyze paralysis
oasis oases
parenthesis parentheses
thesis theses
bus buses
circus circuses
crocus crocuses
gas gaseous
genius geniuses
iris irises
octopus octopuses
prospectus prospectuses
status statuses
surplus surpluses
terminus terminuses termini
trellis trellises
walrus walruses
atlas atlases
alias aliases
`;

/** British spellings that the word vectors do not know, and the American ones, at the start of a word. */
const BRITISH = `
anaemi anemi
anaesthe anesthe
ardour ardor
caesarean cesarean
candour candor
clamour clamor
cosy cozy
demeanour demeanor
discolour discolor
dishonour dishonor
encyclopaedi encyclopedi
fervour fervor
foetal fetal
foetus fetus
gynaecolog gynecolog
haemo hemo
homoeopath homeopath
kerb curb
leukaemi leukemi
lustre luster
millilitre milliliter
moult molt
odour odor
oesophag esophag
oestrogen estrogen
orthopaedic orthopedic
paediatric pediatric
palaeo paleo
pretence pretense
pyjama pajama
rigour rigor
sabre saber
savour savor
skilful skillful
smoulder smolder
splendour splendor
vapour vapor
vigour vigor
wilful willful
yoghurt yogurt
`;

/** What comes before "-ise", "-isation" or "-yse" where the word vectors only know "-ize" and so on. */
const BEFORE_ISE = `
agon american anal brutal categor catal commercial computer concept crystall custom decentral democrat demoral digit
dramat econom energ familiar formal general harmon human hydrol hypothes ideal immobil immun individual initial ion
italic item legal legitim local magnet marginal mechan memor mesmer monopol motor natural neutral optim oxid paral
pasteur patron personal polar popular priorit random rational revolution ritual romantic scrutin sensit serial social
standard steril stigmat summar symbol synthes terror theor token trivial urban vandal vapor vaccin victim visual vocal
western
`;

function rows(table: string): string[][] {
  return table
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
}

const WORD_OF = new Map(rows(FORMS).flatMap(([word, ...forms]) => forms.map((form) => [form, word!])));
const AMERICAN = new Map(rows(BRITISH) as [string, string][]);
const BRITISH_START = new RegExp(`^(?:${[...AMERICAN.keys()].join("|")})`);
const ISE = new RegExp(`^(?:${BEFORE_ISE.trim().split(/\s+/).join("|")})[iy]s(?=e|ing|ation|able)`);

/** The word that a form in lower case belongs to, in the spelling that the word vectors know: of "buses", "bus"; of "kerb", "curb". */
export function baseForm(form: string): string {
  const american = form
    .replace(BRITISH_START, (start) => AMERICAN.get(start)!)
    .replace(ISE, (start) => `${start.slice(0, -1)}z`);
  return WORD_OF.get(american) ?? american;
}
