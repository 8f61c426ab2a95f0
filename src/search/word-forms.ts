/**
 * Forms that a stemmer cannot bring together with their word ("bought": "buy"), a word and its forms on each line: irregular
 * verbs and plurals, and words on "-s" whose ending is no plural. Left out is what is as often a word of its own ("found",
 * "shot", "leaves"), and verbs that are stop words.
 */
export const FORMS = `
arise arose arisen
awake awoke awoken
become became
begin began begun
bend bent
bite bitten
bleed bled
blow blew blown
break broke broken
breed bred
bring brought
build built
burn burnt
buy bought
catch caught
choose chose chosen
cling clung
creep crept
deal dealt
dig dug
draw drew drawn
dream dreamt
drink drank
drive drove driven
eat ate eaten
fall fell fallen
feed fed
feel felt
fight fought
flee fled
fling flung
fly flies flew flown
forbid forbade forbidden
foresee foresaw foreseen
forget forgot forgotten
forgive forgave forgiven
freeze froze frozen
give gave given
go went gone
grow grew grown
hang hung
hear heard
hide hid hidden
hold held
keep kept
kneel knelt
know knew known
lay laid
lead led
leap leapt
learn learnt
leave left
lend lent
lose lost
mean meant
meet met
mislead misled
mistake mistook mistaken
misunderstand misunderstood
mow mown
outgrow outgrew outgrown
overcome overcame
oversee oversaw overseen
overtake overtook overtaken
overthrow overthrew overthrown
pay paid
prove proven
rebuild rebuilt
repay repaid
ride rode ridden
ring rang rung
rise rose risen
run ran
see saw seen
seek sought
sell sold
send sent
sew sewn
shake shook shaken
shine shone
shrink shrank shrunk
sing sang sung
sink sank sunk
sit sat
sleep slept
slide slid
sow sown
speak spoke spoken
speed sped
spell spelt
spend spent
spill spilt
spin spun
spring sprang sprung
stand stood
steal stole stolen
stick stuck
sting stung
strike struck stricken
strive strove striven
swear swore sworn
sweep swept
swell swollen
swim swam swum
swing swung
teach taught
tear tore torn
think thought
throw threw thrown
undergo underwent undergone
understand understood
undertake undertook undertaken
wake woke woken
wear wore worn
weave wove woven
weep wept
win won
withdraw withdrew withdrawn
withstand withstood
write wrote written
rewrite rewrote rewritten
die dies died dying
lie lies lied lying
tie ties tied tying
try tries tried
cry cries cried
dry dries dried
fry fries fried
spy spies spied
sky skies
free freed
child children
grandchild grandchildren
man men
woman women
policeman policemen
fireman firemen
fisherman fishermen
craftsman craftsmen
tradesman tradesmen
workman workmen
businessman businessmen
gentleman gentlemen
salesman salesmen
spokesman spokesmen
chairman chairmen
foot feet
tooth teeth
goose geese
mouse mice
louse lice
ox oxen
calf calves
half halves
hoof hooves
knife knives
loaf loaves
scarf scarves
shelf shelves
thief thieves
wife wives
housewife housewives
wolf wolves
bacterium bacteria
criterion criteria
phenomenon phenomena
spectrum spectra
stratum strata
curriculum curricula
memorandum memoranda
millennium millennia
addendum addenda
fungus fungi
nucleus nuclei
stimulus stimuli
radius radii
cactus cacti cactuses
alumnus alumni
index indices
appendix appendices
matrix matrices
vertex vertices
analyze analysis
paralyze paralysis
emphasize emphasis
crisis crises
diagnosis diagnoses
hypothesis hypotheses
oasis oases
parenthesis parentheses
synthesis syntheses
thesis theses
bonus bonuses
bus buses
campus campuses
canvas canvases
chorus choruses
circus circuses
crocus crocuses
census censuses
focus focuses focused focusing focussed
gas gases gaseous
genius geniuses
iris irises
lens lenses
minibus minibuses
octopus octopuses
prospectus prospectuses
status statuses
surplus surpluses
terminus terminuses termini
trellis trellises
virus viruses
walrus walruses
atlas atlases
alias aliases
bias biases biased
`;

/** British spellings and the American ones, at the start of a word. */
const BRITISH = `
aeroplane airplane
aluminium aluminum
anaemi anemi
anaesthe anesthe
analogue analog
archaeolog archeolog
ardour ardor
armour armor
artefact artifact
behaviour behavior
caesarean cesarean
calibre caliber
candour candor
catalogue catalog
catalogued cataloged
cataloguing cataloging
centimetre centimeter
centre center
centred centered
centring centering
clamour clamor
colour color
cosy cozy
defence defense
demeanour demeanor
dialogue dialog
diarrhoea diarrhea
discolour discolor
dishonour dishonor
doughnut donut
encyclopaedi encyclopedi
endeavour endeavor
enquir inquir
favour favor
fervour fervor
fibre fiber
flavour flavor
foetal fetal
foetus fetus
grey gray
greyhound greyhound
gynaecolog gynecolog
haemo hemo
harbour harbor
homoeopath homeopath
honour honor
humour humor
instalment installment
jewellery jewelry
judgement judgment
kerb curb
kilometre kilometer
labour labor
leukaemi leukemi
licence license
litre liter
lustre luster
manoeuvr maneuver
meagre meager
mediaeval medieval
metre meter
millilitre milliliter
millimetre millimeter
mould mold
moult molt
moustache mustache
neighbour neighbor
odour odor
oesophag esophag
oestrogen estrogen
offence offense
orthopaedic orthopedic
paediatric pediatric
palaeo paleo
parlour parlor
plough plow
practise practice
practising practicing
pretence pretense
programme program
programmed programmed
programmer programmer
pyjama pajama
rigour rigor
rumour rumor
sabre saber
saviour savior
savour savor
sceptic skeptic
skilful skillful
smoulder smolder
sombre somber
spectre specter
splendour splendor
sulphur sulfur
theatre theater
tumour tumor
tyre tire
vapour vapor
vigour vigor
whisky whiskey
wilful willful
yoghurt yogurt
`;

/** What comes before "-ise", "-isation" or "-yse" in British spelling, "-ize" and so on in American. */
const BEFORE_ISE = `
agon american anal apolog author brutal capital categor catal character civil colon commercial computer concept critic
crystall custom decentral democrat demoral digit dramat econom emphas energ equal familiar fertil final formal general global
harmon hospital human hydrol hypothes ideal immobil immun individual industrial initial ion italic item legal legitim liberal
local magnet marginal material maxim mechan memor mesmer minim mobil modern monopol motor national natural neutral normal
optim organ oxid paral pasteur patron penal personal polar popular priorit privat public random rational real recogn
reorgan revolution ritual romantic scrutin sensit serial social special stabil standard steril stigmat subsid summar symbol
sympath synchron synthes terror theor token trivial urban util vandal vapor vaccin victim visual vocal western
`;

function rows(table: string): string[][] {
  return table
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
}

const WORD_OF = new Map(rows(FORMS).flatMap(([word, ...forms]) => forms.map((form) => [form, word!])));
const AMERICAN = new Map(rows(BRITISH) as [string, string][]);
/** Longer starts first: "centred" is not "centre" and a "d". */
const BRITISH_START = new RegExp(`^(?:${[...AMERICAN.keys()].sort((a, b) => b.length - a.length).join("|")})`);
const ISE = new RegExp(`^(?:${BEFORE_ISE.trim().split(/\s+/).join("|")})[iy]s(?=e|ing|ation|able)`);

/** The word that a form in lower case belongs to, in American spelling: "bought" and "buy", "colours" and "colors" become one. */
export function baseForm(form: string): string {
  const american = form
    .replace(BRITISH_START, (start) => AMERICAN.get(start)!)
    .replace(ISE, (start) => `${start.slice(0, -1)}z`);
  return WORD_OF.get(american) ?? american;
}
