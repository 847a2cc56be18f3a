//! The held-out side of the Chinese wording, in a file of its own: whoever widens reading rules can
//! read and print the seen side without seeing this one.

/// What is filed under a key.
pub const STATEMENTS: &[&str] = &[
    "清单上标明，{key}的{kind}是{value}。",
    "{key}用的{kind}是{value}。",
    "{kind}{value}归{key}使用。",
];
/// Asks for the value of a key.
pub const ONE: &[&str] =
    &["{key}的{kind}究竟是多少？", "能告诉我{key}的{kind}吗？", "归{key}使用的{kind}是哪个？"];
/// Asks for all values of a key.
pub const ALL: &[&str] = &[
    "属于{key}的{kind}总共有哪些？",
    "把{key}用到的{kind}都列出来。",
    "文中出现过{key}的哪几个{kind}？",
];
/// Asks for the values of several keys.
pub const SEVERAL: &[&str] = &[
    "{keys}用的{kind}分别是哪个？",
    "{keys}，它们的{kind}各是什么？",
    "请依次说明{keys}的{kind}。",
];
/// What numbers are.
pub const NUMBER_KINDS: &[&str] = &["订单号", "货架号", "展品号", "门锁号"];
/// What codes are.
pub const CODE_KINDS: &[&str] = &["激活码", "回收码", "质检码"];

/// Trades.
pub const PROFESSIONS: &[&str] = &["邮差", "裱糊匠", "账房先生", "摄影师", "兽医"];
/// Says what the trade of somebody is.
pub const PROFESSION: &[&str] = &[
    "{who}来到这座城里以后，一直以{value}为业。",
    "说起街口的{value}{who}，没有人不竖大拇指。",
    "{who}做{value}已经二十多年了。",
    "{who}是村里唯一的{value}。",
    "因为家里穷，{who}很早就出来当了{value}。",
    "身为{value}，{who}总是天不亮就起床。",
];
/// Asks for it.
pub const PROFESSION_ASKED: &[&str] = &[
    "{who}是干什么的？",
    "{who}从事什么职业？",
    "{who}究竟是吃哪行饭的？",
    "{who}靠做什么谋生？",
    "{who}以何为业？",
    "请问{who}在哪一行做事？",
];

/// Places.
pub const BIRTHPLACES: &[&str] = &["芦花荡", "清水塬", "望江县", "桑树屯", "月牙堡"];
/// Says where somebody was born.
pub const BIRTHPLACE: &[&str] = &[
    "{who}是土生土长的{value}人。",
    "据旧县志记载，{who}生于{value}的一户农家。",
    "我们这位{who}，原是{value}生人。",
    "听老人们讲，母亲生下{who}的时候，全家还住在{value}。",
    "{who}老家在{value}，就生在那里的一座老屋里。",
    "那年冬天，{who}降生于{value}一个书香人家。",
];
/// Asks for it.
pub const BIRTHPLACE_ASKED: &[&str] = &[
    "{who}是哪里人？",
    "{who}生在什么地方？",
    "请问{who}出生于何地？",
    "当年{who}是在哪里来到人世的？",
    "据文中交代，{who}的故乡是哪儿？",
];

/// Instruments.
pub const INSTRUMENTS: &[&str] = &["笛子", "口琴", "芦笙", "小号", "单簧管"];
/// Says what somebody plays.
pub const INSTRUMENT: &[&str] = &[
    "{who}吹得一手好{value}。",
    "每到黄昏，河边总能听见{who}吹{value}。",
    "全校就数{who}的{value}吹得最动听。",
    "父亲留下的旧{value}，{who}一吹就是三十年。",
    "{who}年轻时在县剧团里吹过几年{value}。",
    "{value}只有{who}会吹，晚会上谁也代替不了。",
];
/// Asks for it.
pub const INSTRUMENT_ASKED: &[&str] = &[
    "{who}会吹什么？",
    "{who}吹的是什么乐器？",
    "{who}擅长哪样乐器？",
    "要说乐器，{who}拿得出手的是哪一样？",
    "{who}玩的是什么乐器？",
];

/// Animals.
pub const PETS: &[&str] = &["画眉", "山羊", "猫头鹰", "仓鼠", "蜥蜴"];
/// Says which animal somebody keeps.
pub const PET: &[&str] = &[
    "{who}养着只{value}，逢人便夸。",
    "那只{value}是{who}从小喂大的。",
    "{who}最疼爱的，是家里那只{value}。",
    "自从搬到乡下，{who}就跟一只{value}作伴。",
    "邻居们都认得{who}家那只{value}。",
    "{who}给自己的{value}起了个名字，叫阿福。",
];
/// Asks for it.
pub const PET_ASKED: &[&str] = &[
    "{who}养了只什么？",
    "{who}家里有什么宠物？",
    "和{who}作伴的是什么动物？",
    "{who}喂的是什么？",
    "{who}养过什么动物？",
];

/// The first value.
pub const FIRST: &[&str] = &[
    "{key}原先的{kind}是{value}。",
    "刚登记时，{key}的{kind}是{value}。",
    "最初给{key}的{kind}是{value}。",
];
/// Another one.
pub const LATER: &[&str] = &[
    "{key}的{kind}现已更新为{value}。",
    "{key}的{kind}又改作{value}。",
    "按新的通知，{key}的{kind}是{value}。",
];
/// Asks for the last value.
pub const NOW: &[&str] =
    &["{key}当前的{kind}是多少？", "{key}的{kind}最新是多少？", "改动之后，{key}的{kind}是多少？"];
/// Asks for the first value.
pub const AT_FIRST: &[&str] = &[
    "{key}原先的{kind}是多少？",
    "{key}第一次登记的{kind}是什么？",
    "未作任何改动时，{key}的{kind}是多少？",
];
/// Asks for the value at the end of a section.
pub const AS_OF: &[&str] = &[
    "{section}写完时，{key}的{kind}是多少？",
    "直到{section}末尾，{key}的{kind}是哪个？",
    "以{section}为限，{key}的{kind}是什么？",
];
/// What values are.
pub const UPDATE_KINDS: &[&str] = &["床位号", "年终奖", "分机号"];
