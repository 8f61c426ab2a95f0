import { termsOf } from "./tokenize.js";

/**
 * Everyday English words that ask for the same thing or say it, a line each: word vectors, learnt from what stands near a word,
 * hardly tell "benefit" from "risk" and miss "advantage". Only words that mean the same in most texts; nothing of a trade.
 */
const GROUPS = `
advantage benefit upside merit plus
disadvantage drawback downside shortcoming weakness
challenge difficulty problem obstacle barrier hurdle
goal objective aim purpose target
reason cause motive rationale
step stage phase
way method means manner
type kind form sort category
effect impact consequence result outcome
duty task responsibility
feature characteristic property trait
requirement condition prerequisite
rule regulation
price cost fee charge
example instance
danger risk hazard threat
part component piece
place location site
begin start commence
end finish conclude
stop cease halt
buy purchase acquire
sell vend
help assist aid support
build construct make manufacture produce create
allow permit let
forbid prohibit ban
show display
large big huge great
small little tiny
fast quick rapid speedy
cheap inexpensive affordable
expensive costly dear
child children kid
mother mum mom
father dad
doctor physician
car vehicle automobile
bike bicycle
phone telephone
photo photograph picture image
film movie
shop store
holiday vacation leave
salary wage pay earnings
ill sick unwell
boss manager head chief leader
head lead leader chair chairman chairwoman chairperson
worker employee staff
customer client
error bug fault defect
fix repair mend
get obtain receive
need require
want wish desire
join enrol register
cancel terminate revoke
choose select pick
use employ utilize
collaborate cooperate partner
collaboration cooperation partnership teamwork
joint shared common
country nation
person human people individual
lunar moon
solar sun
maritime marine sea ocean
ship vessel boat
plane aircraft airplane
money funds cash
funding finance financing
answer reply response
ask inquire enquire
change alter modify
check verify examine
send dispatch transmit
keep retain preserve
throw discard
lose mislay
find discover detect
increase rise grow growth
decrease fall decline drop reduce reduction
enter entry admission access
permit permission licence license
teach instruct train
lesson course class
trip journey voyage
visit tour
guest visitor
room chamber
meal food
drink beverage
friend companion
yearly annual
monthly month
daily day
weekly week
free gratis
broken damaged defective
safe secure
safety security
fight combat
kill slay
die death decease
birth born
marry wed
war conflict
law legislation act
company firm business enterprise
organization organisation body institution
agency authority
city town
street road
house home residence
build building construction
old aged ancient
new recent novel
important significant crucial vital key
main major principal chief primary
famous well-known renowned
hard difficult tough
easy simple
clever smart intelligent
happy glad
sad unhappy
begin beginning origin
expert specialist
author writer
inventor creator
founder establisher
found establish set-up
name call title
own possess
share split
speak talk
say state declare
tell inform
watch observe monitor
record log
plan intend
try attempt
quarrel dispute
disagreement dispute conflict
astronaut cosmonaut
spacecraft spaceship
rocket launcher
`;

/** The terms of the groups that each term is in, with the term itself. */
const synonyms = new Map<string, Set<string>>();
for (const line of GROUPS.trim().split("\n")) {
  const group = line
    .split(" ")
    .map((word) => termsOf(word))
    .flatMap((terms) => (terms.length === 1 ? terms : []));
  for (const term of group) synonyms.set(term, new Set([...(synonyms.get(term) ?? []), ...group]));
}
const NONE: ReadonlySet<string> = new Set();

/** The everyday words for the same thing as an index term, as index terms, with itself; none if there are none. */
export function synonymsOf(term: string): ReadonlySet<string> {
  return synonyms.get(term) ?? NONE;
}

/** Whether two index terms are everyday words for the same thing. */
export function areSynonyms(a: string, b: string): boolean {
  return synonymsOf(a).has(b);
}
