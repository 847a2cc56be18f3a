//! Kinds of things and the nouns of each: what "which instrument" or "what animal" may be answered by.
//!
//! Everyday nouns of English and Chinese, made for this program. A fact of a kind is told by one of
//! them or by a word of the kind itself; trades are also told by their endings. No proper names.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::grammar::among;
use crate::memory::index::stems::Stems;
use crate::memory::index::stopwords;

/// A kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something to make music with.
    Instrument,
    /// A living creature.
    Animal,
    /// What somebody does for a living.
    Trade,
}

/// Words by which questions and texts speak of a kind.
const SPOKEN: &[(Kind, &str)] = &[
    (Kind::Instrument, "instrument"),
    (Kind::Animal, "animal pet creature beast bird"),
    (
        Kind::Trade,
        "profession occupation trade job vocation career livelihood craft employment work \
         living calling business post position",
    ),
];

const INSTRUMENTS: &str = "violin viola cello fiddle bass double-bass lute lyre harp guitar \
    banjo mandolin ukulele zither dulcimer cittern sitar balalaika piano pianoforte spinet \
    harpsichord clavichord virginal organ harmonium accordion concertina melodeon flute piccolo \
    fife recorder whistle oboe clarinet bassoon cor saxophone bagpipe bagpipes hornpipe ocarina \
    panpipes pipes trumpet cornet bugle horn trombone tuba euphonium serpent sackbut drum drums \
    tambourine timpani kettledrum cymbal cymbals triangle xylophone glockenspiel marimba \
    vibraphone castanets gong bells carillon hurdy-gurdy harmonica jew's-harp theremin keyboard \
    psaltery theorbo viol rebec shawm crumhorn celesta flageolet chalumeau ophicleide \
    flugelhorn cornett alphorn didgeridoo koto shamisen oud bouzouki djembe tabla bodhran tabor \
    cimbalom kantele bandura domra mandola gittern sarod veena erhu pipa guzheng violoncello \
    virginals melodica bandoneon squeezebox tin-whistle pennywhistle post-horn sousaphone conga \
    nyckelharpa pianola fortepiano synthesizer synthesiser autoharp contrabass chimes handbells \
    glass-harmonica musette kazoo maracas bongos ukelele cavaquinho charango cuatro vihuela \
    baryton arpeggione gamba violone bandurria rubab rebab rabab santur santoor qanun kanun \
    duduk zurna shehnai bansuri tanpura tambura ektara sarangi esraj dilruba mridangam ghatam \
    dholak dhol taiko shakuhachi biwa gayageum guqin sheng suona dizi xiao gusli bayan garmon \
    washboard mellotron clavinet cor-anglais celeste handbell sleighbells guiro claves snare \
    bongo timbales cajon cowbell kalimba mbira balafon kora steelpan penny-whistle bombarde \
    uilleann smallpipes cornopean saxhorn sarrusophone helicon reed-organ barrel-organ calliope \
    clavicytherium psalterium kithara cithara clarsach crwth aeolian-harp hardanger banjolele \
    dobro steel-guitar mandocello octavin archlute chitarrone tamburitza baglama setar dutar \
    komuz sanshin ruan sanxian hammer-dulcimer nose-flute pan-flute side-drum side-flute \
    basset-horn clarion krummhorn dulcian rackett theremins handpan woodblock woodblocks \
    tom-tom tomtom tympani french-horn hunting-horn alpine-horn conch bullroarer jaw-harp \
    mouth-organ mouth-harp squeeze-box accordeon concertinas clavier clavinova keyboards synth \
    drumkit double-bassoon contrabassoon bass-clarinet alto-flute piccolos pipe pibgorn \
    hand-organ pump-organ musical-saw pan-pipes panpipe lap-harp lap-steel thumb-piano erhus \
    yangqin liuqin zhongruan konghou hulusi bawu morin-khuur tubax euphonia glass-harp";

const ANIMALS: &str = "dog hound puppy terrier spaniel poodle greyhound bulldog mastiff collie \
    cat kitten horse pony mare foal stallion donkey ass mule cow calf bull ox goat kid sheep \
    lamb ram ewe pig sow hog piglet hen cock rooster chicken duck drake goose gander turkey \
    swan peacock pigeon dove crow raven rook jackdaw magpie jay parrot macaw cockatoo cockatiel \
    budgerigar canary finch goldfinch sparrow robin thrush blackbird starling lark swallow owl \
    hawk falcon kestrel eagle heron stork crane gull pelican penguin ostrich quail partridge \
    pheasant mynah rabbit hare mouse rat hamster gerbil squirrel dormouse hedgehog mole shrew \
    vole badger otter weasel ferret stoat polecat mink marten mongoose fox wolf bear lion tiger \
    leopard panther lynx cheetah monkey ape chimpanzee baboon lemur marmoset elephant camel \
    llama alpaca deer stag doe reindeer elk moose antelope gazelle zebra giraffe kangaroo \
    wombat koala raccoon skunk beaver porcupine armadillo sloth bat seal walrus dolphin whale \
    tortoise turtle terrapin lizard gecko iguana chameleon salamander newt snake adder python \
    viper crocodile alligator frog toad fish goldfish carp trout eel pike crab lobster snail \
    spider tarantula beetle cricket bee butterfly moth ant chinchilla guinea-pig cuckoo \
    kingfisher woodpecker wren chaffinch bullfinch linnet nuthatch bittern curlew plover puffin \
    cormorant albatross vulture buzzard condor osprey toucan hoopoe emu flamingo ibis egret \
    grouse duckling gosling fawn cub pup whippet setter beagle dachshund sheepdog tomcat bantam \
    caterpillar silkworm cobra skink axolotl perch tench minnow marmot lemming capybara civet \
    ocelot jaguar puma hyena jackal meerkat tapir bison buffalo yak ibex chamois wallaby \
    opossum platypus gorilla gibbon macaque tamarin loris pangolin guineafowl guinea-fowl \
    bullock heifer filly colt lapdog pug corgi retriever pekinese chihuahua schnauzer husky \
    labrador dalmatian doberman rottweiler tabby cockerel budgie lovebird chough slow-worm \
    bullfrog mantis cicada scorpion octopus squid seahorse shark sturgeon catfish salmon guppy \
    ocicat bobcat caracal serval margay quokka dingo coyote coati kinkajou genet binturong \
    aardvark okapi oryx gnu wildebeest kudu eland bongo caribou vicuna guanaco dromedary zebu \
    wether boar shoat mongrel lurcher wolfhound deerhound bloodhound foxhound sheltie samoyed \
    malamute shih-tzu papillon pomeranian weimaraner bichon otterhound basset pekingese manx \
    leveret hinny jenny jennet jackass cavy gerbille jerboa degu muskrat coypu nutria agouti \
    chipmunk groundhog hyrax tenrec fieldmouse stick-insect grasshopper locust dragonfly \
    damselfly ladybird firefly glow-worm wasp hornet bumblebee centipede millipede woodlouse \
    earthworm leech slug mussel oyster cuttlefish jellyfish starfish prawn shrimp crayfish \
    tadpole treefrog toadlet slowworm boa anaconda rattlesnake grass-snake tuatara skua \
    guillemot razorbill gannet tern lapwing sandpiper snipe woodcock godwit avocet moorhen \
    bustard nightjar redstart wheatear fieldfare redwing ouzel dipper wagtail pipit \
    bunting siskin redpoll crossbill waxwing oriole shrike bee-eater roller kookaburra lorikeet \
    parakeet conure hornbill turaco bulbul weaver-bird rosella galah cassowary kiwi goshawk \
    sparrowhawk owlet barn-owl mandarin mallard wigeon eider shelduck pochard turkey-cock \
    peahen pullet chick bantam-cock turtle-dove turtledove rock-dove homing-pigeon angelfish \
    tetra barb koi stickleback bream chub barbel burbot grayling sprat haddock manta stingray \
    conger narwhal porpoise manatee dugong sea-lion orca";

const TRADES: &str = "apothecary attorney barrister solicitor advocate lawyer judge notary \
    clerk scribe secretary accountant treasurer cashier agent broker merchant grocer mercer \
    draper chandler doctor physician surgeon nurse midwife dentist vet chemist pharmacist \
    druggist cook chef priest vicar parson monk nun curate sexton verger soldier sailor captain \
    pilot mate bosun steward cartwright groom coachman porter butler maid valet footman \
    governess smith mason cooper potter tailor weaver seamstress milliner cobbler tanner \
    saddler glazier thatcher plumber carpenter joiner turner miller baker butcher brewer \
    vintner farmer shepherd gardener florist fisher forester hunter ranger poet author \
    journalist editor printer bookseller librarian archivist curator professor tutor scholar \
    student sculptor painter architect engineer surveyor cartographer astronomer botanist \
    mathematician philosopher actor actress dancer singer musician composer conductor artist \
    detective constable policeman sheriff warden guard spy thief beggar pedlar peddler carter \
    carrier drover jeweller goldsmith silversmith blacksmith locksmith gunsmith tinsmith \
    watchmaker clockmaker shoemaker hatter optician barber hairdresser innkeeper publican \
    landlord postman messenger mechanic electrician technician programmer chauffeur driver \
    guide interpreter translator typist banker auctioneer undertaker gravedigger cordwainer \
    fletcher bowyer cutler farrier ostler sawyer ferryman stevedore docker drayman tinker sweep \
    lamplighter watchman bailiff beadle crier usher pawnbroker haberdasher hosier glover \
    spinner upholsterer luthier organist sacristan deacon friar matron oculist herbalist \
    perfumer confectioner maltster milkman ploughman swineherd gamekeeper woodcutter collier \
    miner founder gilder typesetter compositor stationer calligrapher playwright novelist \
    juggler acrobat conjurer astrologer draughtsman plasterer tiler roofer bricklayer ropemaker \
    sailmaker shipwright wheelwright falconer beekeeper furrier dyer fuller bookbinder engraver \
    stonecutter attendant sergeant consul envoy diplomat pirate jockey bard minstrel troubadour \
    apprentice navvy dockhand farmhand stagehand deckhand cowhand cowboy bellhop concierge \
    barista rabbi imam chamberlain registrar bursar magistrate reeve chimneysweep clown \
    lifeguard amanuensis bargee bargeman wherryman lighterman waterman boatman boatbuilder \
    fishmonger cheesemonger ironmonger costermonger hawker huckster chapman sutler salesman \
    saleswoman shopkeeper stallholder bookkeeper teller actuary auditor assessor ploughwright \
    millwright hooper whitesmith brazier pewterer plater enameller glassblower glazer lorimer \
    nailer chainmaker wheeler coachbuilder coppersmith lacemaker embroiderer dressmaker \
    corsetier furbisher armourer swordsmith bladesmith gunmaker clogger shepherdess goatherd \
    cowherd dairymaid milkmaid cheesemaker gaoler jailer turnkey hangman executioner bellringer \
    chorister cantor precentor almoner preacher missionary minister chaplain archdeacon \
    physiotherapist radiographer paramedic orderly anaesthetist psychiatrist psychologist \
    veterinarian masseur chiropodist bonesetter geologist physicist biologist zoologist \
    entomologist ornithologist archaeologist historian economist linguist lexicographer \
    statistician meteorologist cryptographer codebreaker codemaker telegraphist telegrapher \
    telephonist stenographer receptionist proofreader lithographer etcher illustrator \
    cartoonist photographer cameraman projectionist puppeteer ventriloquist magician \
    illusionist tightrope-walker lion-tamer ringmaster impresario prompter choreographer \
    ballerina pianist violinist cellist organ-builder piano-tuner bellfounder bell-founder \
    gasfitter fitter rigger caulker welder riveter boilermaker stoker fireman railwayman \
    signalman stationmaster ticket-collector busman cabman cabbie hackney-driver teamster \
    muleteer wagoner waggoner carman wrangler huntsman whipper-in kennelman poacher verderer \
    lumberjack woodman charcoal-burner peat-cutter reed-cutter hedger ditcher thresher reaper \
    gleaner crofter smallholder planter rancher winegrower hop-picker distiller cidermaker \
    tapster barman barmaid bartender waiter waitress hotelier caterer pastrycook pastry-cook \
    sugar-baker chocolatier dustman chimney-sweep rat-catcher ratcatcher mole-catcher \
    nightwatchman night-watchman caretaker janitor cleaner laundress washerwoman nanny \
    nursemaid nursery-maid housekeeper chambermaid scullion squire herald statesman politician \
    senator mayor alderman councillor ambassador attache civil-servant coastguard \
    lighthouse-keeper harbourmaster navigator helmsman coxswain purser shipowner whaler sealer \
    pearl-diver diver airman aviator astronaut stewardess fishwife oysterman crabber \
    eel-catcher salter saltmaker paperhanger decorator signwriter sign-painter carver whittler \
    basketmaker basketweaver chairmaker cabinetmaker clockmender toymaker dollmaker candlemaker \
    soapmaker papermaker inkmaker penmaker quillmaker broommaker brushmaker";

/// Endings of nouns for trades, and what the noun has to be longer than.
const TRADE_ENDINGS: &[(&str, usize)] = &[
    ("smith", 6),
    ("wright", 7),
    ("maker", 7),
    ("monger", 7),
    ("keeper", 8),
    ("binder", 7),
    ("grapher", 8),
    ("logist", 7),
    ("ician", 7),
    ("master", 8),
    ("worker", 8),
    ("teacher", 6),
    ("seller", 8),
    ("dealer", 5),
    ("blower", 6),
    ("cutter", 6),
];

/// Endings of nouns for those who do something.
const AGENTS: &[&str] =
    &["er", "or", "ist", "ian", "eer", "man", "woman", "smith", "wright", "herd", "ess"];
/// Nouns with such endings that are no trades.
const NO_TRADES: &str = "brother sister mother father daughter member winter summer letter number former \
    later latter other another elder either water corner matter paper order power river supper dinner \
    owner lover stranger neighbour neighbor leader speaker manner honour door floor color flavor terror \
    error mirror minor major superior inferior human german woman gentleman christian guardian \
    successor predecessor ancestor prisoner foreigner newcomer winner loser reader player lodger follower listener \
    islander londoner villager settler beginner admirer believer northerner southerner outsider insider stickler \
    bachelor visitor survivor spectator widower commoner latecomer riser sleeper walker swimmer dreamer thinker \
    loner charmer collector possessor bearer holder boarder dweller cottager highlander stayer latecomer \
    teenager toddler youngster oldster jester mourner worshipper sinner supporter donor creditor debtor traitor \
    impostor chatterer talker eater drinker smoker gambler hoarder grumbler wanderer rover rambler \
    pleasure treasure timer cover fever finger shoulder ladder letter slumber timber amber ember chamber lumber \
    bother feather leather weather tether cider border corridor harbour elder kinsman countryman yeoman \
    freeman frenchman englishman dutchman welshman irishman scotsman fisherwoman oddity";

/// The nouns of instruments, animals and trades, as every word of what a question finds is looked up.
static NOUNS: LazyLock<(FxHashSet<&str>, FxHashSet<&str>, FxHashSet<&str>)> = LazyLock::new(|| {
    let set = |list: &'static str| list.split_whitespace().collect();
    (set(INSTRUMENTS), set(ANIMALS), set(TRADES))
});

/// The word of a sentence with which it says what somebody is or serves as: "was an able falconer".
pub fn described(list: &[String]) -> Option<usize> {
    list.iter().enumerate().find_map(|(at, word)| {
        let article = ["a", "an", "the"].contains(&word.as_str());
        let before = at.checked_sub(1).map_or("", |before| list[before].as_str());
        let is = ["as", "was", "is", "became", "become", "being", "been"].contains(&before);
        // "Served as notary", "served as a notary".
        let first = match (article && is, before == "as") {
            (true, _) => at + 1,
            (false, true) => at,
            _ => return None,
        };
        // "The pet of Oliver": what somebody is stands before the next small word.
        let phrase =
            (first..list.len().min(first + 3)).take_while(|at| !stopwords::is_stopword(&list[*at]));
        phrase.into_iter().find(|at| {
            let noun = list[*at].as_str();
            // "The owner of a fox", "a fine player of the lute".
            let of = list.get(at + 1).is_some_and(|word| word == "of");
            let thing =
                |word: &String| NOUNS.0.contains(word.as_str()) || NOUNS.1.contains(word.as_str());
            let of_thing = of && list[at + 2..].iter().take(3).any(thing);
            AGENTS.iter().any(|ending| noun.len() > ending.len() + 2 && noun.ends_with(ending))
                && !among(NO_TRADES, noun)
                && (!of_thing && !thing(&list[*at]) || NOUNS.2.contains(noun))
        })
    })
}

/// Whether a word is a form of one that speaks of a kind. "Called" and "lived" say something else than "calling" and
/// "living".
fn speaks(member: &str, word: &str, stems: &Stems) -> bool {
    match member {
        "calling" | "living" => member == word,
        _ => stems.same(member, word),
    }
}

/// Prepositions behind which somebody else stands: "bought from a sailor".
const BESIDE: &str = "from by with against beside behind between about without";

/// Whether the noun for a trade at `at` may be that of the one whom a sentence tells of: neither "the singers" nor
/// "from a sailor".
pub fn is_of_one(list: &[String], at: usize) -> bool {
    let noun = list[at].as_str();
    let before = |distance: usize| at.checked_sub(distance).map_or("", |at| list[at].as_str());
    let is_plural = !NOUNS.2.contains(noun)
        && noun.strip_suffix('s').is_some_and(|one| NOUNS.2.contains(one))
        && !(1..=4).any(|distance| among("of among amongst", before(distance)));
    let mut first = at;
    while first > 0 && at - first < 2 && !stopwords::is_stopword(&list[first - 1]) {
        first -= 1;
    }
    let determined = first.checked_sub(1).map_or("", |at| list[at].as_str());
    let first = if among("a an the his her their its", determined) { first - 1 } else { first };
    let preposition = first.checked_sub(1).map_or("", |at| list[at].as_str());
    !is_plural && !among(BESIDE, preposition)
}

/// Whether a sentence that opens with a pronoun says of the one for whom it stands what the noun of this kind that it
/// holds says: "She worked as a cooper", "He had taught it to sit", but not "He met a policeman".
pub fn is_told_of_subject(kind: Kind, list: &[String]) -> bool {
    const BEING: &str =
        "is was has had became becomes worked works earned earns made makes served serves set went";
    const KEEPING: &str =
        "have has had keep keeps kept own owns owned adopted tame tamed pet companion feed fed";
    const PLAYING: &str = "play plays played playing perform performed practise practised learn learnt learned music \
        instrument lesson lessons tune tuned master mastered";
    /// Words behind the pronoun among which its verb stands.
    const VERB: usize = 4;
    let any =
        |words: &str, most: usize| list.iter().skip(1).take(most).any(|word| among(words, word));
    match kind {
        Kind::Trade => {
            any(BEING, VERB)
                && (described(list).is_some()
                    || list.windows(2).any(|two| two[0] == "as" && kind.holds(&two[1])))
        }
        Kind::Animal => any(KEEPING, list.len()),
        Kind::Instrument => any(PLAYING, list.len()),
    }
}

/// Words of a sentence about animals that nobody keeps: those that are feared, collected or eaten.
const UNKEPT: &str = "afraid fear fears feared fearing dread dreads dreaded hate hates hated loathe loathed detested \
    frightened terrified collect collects collected collecting collection eat eats ate eaten eating dish stew \
    pie soup roast roasted";

/// Whether a sentence of these words tells of animals that nobody keeps.
pub fn tells_of_unkept(list: &[String]) -> bool {
    let any = |words: &str| list.iter().any(|word| among(words, word));
    any(UNKEPT) && !any("keep keeps kept own owns owned adopt adopted tame tamed pet companion")
}

impl Kind {
    /// The other kinds.
    fn others(self) -> impl Iterator<Item = Self> {
        [Self::Instrument, Self::Animal, Self::Trade].into_iter().filter(move |kind| *kind != self)
    }

    /// Whether one of the folded words is a noun of another kind and none of this one.
    pub fn is_other(self, list: &[String]) -> bool {
        !list.iter().any(|word| self.holds(word))
            && list.iter().any(|word| self.others().any(|kind| kind.holds(word)))
    }

    /// The kind that one of the folded words of a question asks for, and that word.
    pub fn asked<'w>(words: &'w [String], stems: &Stems) -> Option<(Self, &'w str)> {
        words.iter().find_map(|word| {
            let spoken = |list: &str| list.split_whitespace().any(|own| speaks(own, word, stems));
            SPOKEN.iter().find(|(_, list)| spoken(list)).map(|(kind, _)| (*kind, word.as_str()))
        })
    }

    /// Whether the folded word is a noun of this kind.
    pub fn holds(self, word: &str) -> bool {
        let singular = word.strip_suffix('s').unwrap_or(word);
        let among = |set: &FxHashSet<&str>| set.contains(word) || set.contains(singular);
        match self {
            Self::Instrument => among(&NOUNS.0),
            Self::Animal => among(&NOUNS.1),
            Self::Trade => {
                among(&NOUNS.2)
                    || TRADE_ENDINGS
                        .iter()
                        .any(|(ending, least)| word.len() >= *least && singular.ends_with(ending))
            }
        }
    }

    /// Whether the folded word speaks of the kind as such.
    pub fn is_spoken(self, word: &str, stems: &Stems) -> bool {
        SPOKEN
            .iter()
            .filter(|(kind, _)| *kind == self)
            .any(|(_, list)| list.split_whitespace().any(|own| speaks(own, word, stems)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_ask_for_kinds_and_nouns_belong_to_them() {
        let stems = Stems::default();
        let words: Vec<String> =
            "what instruments did she play".split(' ').map(str::to_owned).collect();
        assert_eq!(Kind::asked(&words, &stems), Some((Kind::Instrument, "instruments")));
        assert!(Kind::Instrument.holds("fiddle") && !Kind::Instrument.holds("parrot"));
        assert!(Kind::Animal.holds("parrots") && !Kind::Animal.holds("fiddle"));
        assert!(Kind::Trade.holds("coppersmith") && Kind::Trade.holds("tailor"));
        assert!(!Kind::Trade.holds("smith's") && !Kind::Trade.holds("table"));
        let list: Vec<String> =
            "ines was an able netmender".split(' ').map(str::to_owned).collect();
        assert_eq!(described(&list), Some(4));
    }
}
