//! Kinds of things and the nouns of each: what "which instrument" or "what animal" may be answered by.
//!
//! Everyday nouns of English and Chinese, made for this program. A fact of a kind is told by one of
//! them or by a word of the kind itself; trades are also told by their endings. No proper names.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::grammar::among;
use crate::memory::index::stems::Stems;
use crate::memory::index::stopwords;
use crate::memory::segment::words;

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

const CHINESE_INSTRUMENTS: &str = "琵琶 古筝 古琴 二胡 京胡 高胡 板胡 马头琴 胡琴 唢呐 \
    笛子 竹笛 长笛 短笛 箫 洞箫 笙 埙 葫芦丝 巴乌 扬琴 柳琴 月琴 阮 中阮 大阮 \
    秦琴 七弦琴 排箫 芦笙 管子 铜鼓 腰鼓 堂鼓 定音鼓 架子鼓 铙钹 磬 云锣 梆子 \
    冬不拉 热瓦普 四胡 坠胡 独弦琴 口弦 班卓琴 鲁特琴 管风琴 羽管键琴 电子琴 \
    竖笛 牧笛 陶笛 风笛 低音提琴 短号 沙锤 响板 三弦 箜篌 编钟 锣 鼓 大鼓 \
    手鼓 钹 木鱼 钢琴 小提琴 中提琴 大提琴 吉他 竖琴 手风琴 风琴 口琴 单簧管 \
    双簧管 巴松管 萨克斯 小号 长号 圆号 大号 喇叭 号角 铃鼓 三角铁 木琴 \
    尤克里里 曼陀林 胡笳 筚篥 尺八 篪 筑 瑟 阮咸 奚琴 轧筝 革胡 中胡 低胡 \
    二弦 椰胡 大筒 雷琴 弹布尔 都塔尔 艾捷克 扎木聂 火不思 雅托噶 伽倻琴 \
    伽椰琴 长鼓 象脚鼓 渔鼓 八角鼓 拨浪鼓 碰铃 钟琴 颤音琴 马林巴 钢片琴 \
    三角钢琴 电钢琴 键盘 电吉他 贝斯 五弦琴 乌克丽丽 巴拉莱卡 里拉琴 齐特琴 \
    低音号 军号 法国号 英国管 巴松 黑管 木笛 哨笛 锡笛 锯琴 八音盒 手碟 铜锣 \
    小锣 快板 板鼓 小鼓 小军鼓 非洲鼓 康加鼓 邦戈鼓 战鼓 铜钹 铙 钲 柷 梧桐琴 \
    曲笛 梆笛 骨笛 洋琴 提琴 六弦琴 西塔琴 三味线 尺八箫 鹰笛 口笛 石磬 玉笛 \
    玉箫 独弦匏琴 牛角胡 四弦琴 双管 吐良 侗笛 芦管 木管 三弦琴 十三弦 瑶琴 \
    南胡";

const CHINESE_ANIMALS: &str = "小狗 狗 犬 猎犬 小猫 猫 兔子 白兔 兔 仓鼠 松鼠 花栗鼠 老鼠 刺猬 貂 雪貂 狐狸 猴子 猴 \
    鹦鹉 八哥 鹩哥 画眉 百灵 金丝雀 喜鹊 乌鸦 麻雀 鸽子 鸽 猫头鹰 老鹰 鹰 隼 孔雀 天鹅 鹅 鸭子 鸭 公鸡 母鸡 鸡 乌龟 \
    龟 甲鱼 蜥蜴 壁虎 变色龙 蛇 青蛙 蛙 蟾蜍 金鱼 锦鲤 鲤鱼 鱼 蟋蟀 蝈蝈 蜘蛛 蜗牛 马 小马 骡子 驴 毛驴 牛 水牛 山羊 \
    绵羊 羊 羊驼 猪 骆驼 鹿 小鹿 熊 狼 水獭 獾 \
    鹌鹑 斑鸠 燕子 黄鹂 云雀 翠鸟 仙鹤 鹤 鸬鹚 鸵鸟 火鸡 鹧鸪 海龟 螃蟹 蝉 蝴蝶 蜜蜂 蚕 豚鼠 田鼠 黄鼠狼 猞猁 豹子 豹 \
    老虎 虎 狮子 大象 象 袋鼠 浣熊 熊猫 穿山甲 蝙蝠 海豹 企鹅 羚羊 野猪 大雁 鸳鸯 鱼鹰 文鸟 海鸥 螳螂 蝎子 白鼬 猩猩 猿 雀 鸟 貂鼠";

/// Chinese measure words before animals, instruments and people, and characters between one and its noun.
const MEASURES: &str = "只条头匹尾羽口把张支管架面件名位";
const MODIFIERS: usize = 2;

/// Chinese nouns for trades.
const CHINESE_CRAFTS: &str = "木匠 铁匠 石匠 瓦匠 银匠 铜匠 鞋匠 篾匠 花匠 皮匠 医生 大夫 郎中 教师 老师 厨师 \
    厨子 律师 法官 渔夫 渔民 农夫 农民 樵夫 猎人 猎户 裁缝 画家 画师 记者 编辑 会计 船长 水手 船夫 车夫 马夫 轿夫 药剂师 \
    园丁 邮差 信差 护士 司机 秘书 商人 掌柜 伙计 警察 士兵 将军 捕快 侦探 书记 书记员 抄书人 说书人 作家 诗人 歌手 演员 \
    乐师 琴师 账房 账房先生 教书先生 算命先生 接生婆 产婆 牧人 牧羊人 工程师 建筑师 理发师 钟表匠 钟表师 面包师 \
    摄影师 翻译 导游 店员 保姆 仆人 侍卫 守林人 守夜人 磨坊主 屠夫 酿酒师 织布工 矿工 印刷工 泥水匠 箍桶匠 修鞋匠 修表匠 \
    泥瓦匠 漆匠 锡匠 金匠 首饰匠 弓匠 染匠 陶匠 竹匠 帽匠 伞匠 陶工 织工 绣娘 雕刻师 排字工 调琴师 制琴师 剃头匠 补锅匠 烧炭工 \
    伐木工 采药人 茶农 果农 菜农 花农 蚕农 养蜂人 摆渡人 打更人 更夫 挑夫 脚夫 纤夫 船工 舵手 领航员 守塔人 敲钟人 送信人 衙役 捕头 \
    师爷 讼师 状师 店主 小贩 货郎 牙医 兽医 稳婆 道士 和尚 尼姑 牧师 神父 学徒 塾师 家庭教师 档案员 测量员 绘图员 天文学家 飞行员 消防员 \
    驯兽师 配音员 舞者 乐手 指挥 雕塑家 设计师 程序员 科学家 化学家 工人 服务员 售货员 推销员 经纪人 银行家";

/// Characters and words with which other Chinese nouns for trades end.
const CHINESE_TRADES: &str = "师 匠 员 工 先生 艺人 家 商 夫 手";

/// Words with such endings that are no trades.
const NO_CHINESE_TRADES: &str = "好手 高手 能手 老手 新手 对手 帮手 双手 两手 一手 左手 右手 拿手 \
    人家 大家 一家 老家 自家 全家 回家 国家 行家 名家 冤家 亲家 丈夫 姐夫 妹夫 功夫 工夫 懦夫 成员 \
    会员 人员 手工 分工 完工 罢工";

/// Chinese verbs before animals that are caught, sold or eaten, and so are nobody's.
const CAUGHT: &str = "打钓捕捞网卖买贩杀宰吃炖烤煮";
/// Chinese colours that tell an animal from others of its kind.
const COLOURS: &str = "白黑灰黄红花青棕";

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
                && (!of_thing || NOUNS.2.contains(noun))
        })
    })
}

impl Kind {
    /// The kind that one of the folded words of a question asks for, and that word.
    pub fn asked<'w>(words: &'w [String], stems: &Stems) -> Option<(Self, &'w str)> {
        words.iter().find_map(|word| {
            // "Call" and "live" say something else than "calling" and "living".
            let same = |member: &str| match member {
                "calling" | "living" => member == word,
                _ => stems.same(member, word),
            };
            let spoken = |list: &str| list.split_whitespace().any(same);
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
            .any(|(_, list)| list.split_whitespace().any(|member| stems.same(member, word)))
    }

    /// The longest Chinese noun of this kind in `text`, the last of equally long ones, with what stands
    /// between it and a measure word: 一只白貂.
    pub fn chinese_noun(self, text: &str) -> Option<&str> {
        let list = match self {
            Self::Instrument => CHINESE_INSTRUMENTS,
            Self::Animal => CHINESE_ANIMALS,
            Self::Trade => CHINESE_CRAFTS,
        };
        let nouns = list.split_whitespace().filter_map(|noun| {
            let mut at = text.rmatch_indices(noun).map(|(at, _)| at);
            Some((noun, at.find(|at| self.stands_alone(text, *at, noun))?))
        });
        let Some((noun, at)) = nouns.max_by_key(|(noun, _)| noun.len()) else {
            return (self == Self::Instrument).then(|| played(text)).flatten();
        };
        let mut first = at;
        if self == Self::Animal {
            let colour = text[..at].chars().next_back().filter(|c| COLOURS.contains(*c));
            first -= colour.map_or(0, char::len_utf8);
        }
        for (start, c) in text[..at].char_indices().rev().take(MODIFIERS + 1) {
            if MEASURES.contains(c) {
                first = start + c.len_utf8();
                break;
            }
            if !words::is_ideograph(c) || c == '的' {
                break;
            }
        }
        Some(&text[first..at + noun.len()])
    }

    /// Whether the Chinese noun at `at` is no part of a longer one of another kind, as 马 is of 马头琴, and
    /// no animal that is caught or eaten.
    fn stands_alone(self, text: &str, at: usize, noun: &str) -> bool {
        let lists = [
            (Self::Instrument, CHINESE_INSTRUMENTS),
            (Self::Animal, CHINESE_ANIMALS),
            (Self::Trade, CHINESE_CRAFTS),
        ];
        let others = lists.iter().filter(|(kind, _)| *kind != self);
        let longer = others.flat_map(|(_, list)| list.split_whitespace()).any(|other| {
            other.len() > noun.len()
                && other.contains(noun)
                && text
                    .match_indices(other)
                    .any(|(start, _)| start <= at && at + noun.len() <= start + other.len())
        });
        let caught = self == Self::Animal && text[..at].ends_with(|c| CAUGHT.contains(c));
        !longer && !caught
    }

    /// Whether a Chinese phrase ends as nouns for trades do.
    pub fn is_chinese_trade(phrase: &str) -> bool {
        if NO_CHINESE_TRADES.split_whitespace().any(|word| phrase.ends_with(word)) {
            return false;
        }
        let mut endings =
            [CHINESE_CRAFTS, CHINESE_TRADES].into_iter().flat_map(str::split_whitespace);
        endings.any(|ending| phrase.ends_with(ending))
    }
}

/// What a Chinese text says that somebody plays, if it ends as nouns for instruments do, or if it stands behind a
/// verb for nothing but playing: 弹得一手好凤首琴, 抚琴, 会演奏水罐.
fn played(text: &str) -> Option<&str> {
    const VERBS: &str = "弹拉吹敲奏抚拨操擂击打摇练学习会玩抱背精通擅善爱";
    const BETWEEN: &str = "得着了过起一二三两手好把支面架只张管件个他她的是那这在用和与靠给为以";
    const PLAYS: [&str; 4] = ["弹奏", "演奏", "吹奏", "拉奏"];
    const OTHERS: &str = "师手声曲谱艺技励掌动舞弄";
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let is_bound = |c: char| !words::is_ideograph(c) || VERBS.contains(c) || BETWEEN.contains(c);
    let ending = (0..chars.len()).rev().find_map(|at| {
        let (start, last) = chars[at];
        let next = chars.get(at + 1).map_or(' ', |(_, c)| *c);
        if !"琴笛箫鼓筝笙锣钹弦瑟埙磬".contains(last) || "励掌动舞".contains(next) {
            return None;
        }
        let before = chars[at.saturating_sub(3)..at].iter().rev();
        let inside = before.take_while(|(_, c)| !is_bound(*c)).count();
        let verb = at.checked_sub(1).is_some_and(|before| VERBS.contains(chars[before].1));
        let first = chars[at - inside].0;
        (inside > 0 || verb).then(|| &text[first..start + last.len_utf8()])
    });
    ending.or_else(|| {
        let behind =
            PLAYS.iter().find_map(|verb| text.split_once(verb)).map(|(_, behind)| behind)?;
        let behind = behind.trim_start_matches(|c| BETWEEN.contains(c));
        let end = behind
            .find(|c| !words::is_ideograph(c) || BETWEEN.contains(c) || OTHERS.contains(c))
            .unwrap_or(behind.len());
        let noun = &behind[..end];
        (2..=4).contains(&noun.chars().count()).then_some(noun)
    })
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
        assert_eq!(Kind::Animal.chinese_noun("家里有一只小狗"), Some("小狗"));
        assert_eq!(Kind::Trade.chinese_noun("镇上的修表匠起得早"), Some("修表匠"));
        assert_eq!(Kind::Animal.chinese_noun("屋里挂着马头琴"), None);
        assert_eq!(Kind::Animal.chinese_noun("靠打鱼吃饭"), None);
        assert_eq!(Kind::Animal.chinese_noun("养着白貂和马头琴"), Some("白貂"));
        assert!(!Kind::is_chinese_trade("二胡好手"));
        assert!(Kind::is_chinese_trade("修表匠"));
    }
}
