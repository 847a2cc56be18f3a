//! The Chinese wording of `needle`, `absent` and `update`.

use super::{absent, needle, update};
use crate::split::Sides;

/// Wording of `needle`.
pub const NEEDLE: needle::Wording = needle::Wording {
    statements: STATEMENTS,
    one: ONE,
    all: ALL,
    several: SEVERAL,
    number_kinds: Sides {
        seen: &[
            "登记号",
            "储物柜号",
            "票号",
            "目录号",
            "包裹号",
            "泊位号",
            "房卡号",
            "发票号",
            "徽章号",
        ],
        held_out: &["订单号", "护照号", "箱号", "座位号"],
    },
    code_kinds: Sides {
        seen: &["追踪码", "序列码", "归档码", "转运码", "保险码", "批次码"],
        held_out: &["提货码", "维修码", "入库码"],
    },
};
const STATEMENTS: Sides<&str> = Sides {
    seen: &[
        "{key}的{kind}是{value}。",
        "登记簿上，{key}的{kind}为{value}。",
        "请记住，{key}对应的{kind}是{value}。",
        "凡是问起{key}的{kind}的人，都会得到{value}这个答复。",
        "说到{key}，它的{kind}写着{value}。",
        "管事的把{kind}{value}分给了{key}。",
    ],
    held_out: &[
        "{key}被编上了{kind}{value}。",
        "{value}就是{key}的{kind}。",
        "给{key}定下的{kind}是{value}。",
    ],
};
const ONE: Sides<&str> = Sides {
    seen: &[
        "{key}的{kind}是什么？",
        "{key}的{kind}是多少？",
        "文中给出的{key}的{kind}是什么？",
        "请找出{key}的{kind}。",
        "{key}用的是哪个{kind}？",
        "哪个{kind}属于{key}？",
    ],
    held_out: &[
        "{key}的{kind}是哪一个？",
        "请问{key}的{kind}是什么？",
        "{key}被编上了什么{kind}？",
    ],
};
const ALL: Sides<&str> = Sides {
    seen: &[
        "{key}的所有{kind}是什么？",
        "列出{key}的全部{kind}。",
        "{key}一共有哪些{kind}？",
        "文中为{key}登记了哪些{kind}？",
        "{key}名下都有些什么{kind}？",
        "请把{key}的{kind}逐一写出来。",
    ],
    held_out: &["{key}都有哪些{kind}？", "{key}的{kind}有哪几个？", "请说出{key}的每一个{kind}。"],
};
const SEVERAL: Sides<&str> = Sides {
    seen: &[
        "{keys}的{kind}分别是什么？",
        "请给出{keys}各自的{kind}。",
        "{keys}各有什么{kind}？",
        "写出{keys}的{kind}。",
        "{keys}这几样的{kind}各是哪一个？",
        "分别说出{keys}的{kind}。",
    ],
    held_out: &[
        "{keys}的{kind}各是多少？",
        "{keys}分别有什么{kind}？",
        "请一一写出{keys}的{kind}。",
    ],
};

/// Properties of `absent`.
pub const PROPERTIES: [absent::Property; 4] = [
    absent::Property {
        kind: "profession",
        values: Sides {
            seen: &["锁匠", "钟表匠", "药剂师", "装订工", "制图师", "玻璃匠"],
            held_out: &["裁缝", "泥瓦匠", "抄写员"],
        },
        stated: PROFESSION,
        asked: PROFESSION_ASKED,
    },
    absent::Property {
        kind: "birthplace",
        values: Sides {
            seen: &["柳溪镇", "白鹭洲", "青枫渡", "石门坎", "杏花坞", "铁岭桥"],
            held_out: &["桃源村", "青石镇", "芦花荡"],
        },
        stated: BIRTHPLACE,
        asked: BIRTHPLACE_ASKED,
    },
    absent::Property {
        kind: "instrument",
        values: Sides {
            seen: &["琵琶", "古筝", "二胡", "唢呐", "扬琴", "洞箫"],
            held_out: &["月琴", "笛子", "箜篌"],
        },
        stated: INSTRUMENT,
        asked: INSTRUMENT_ASKED,
    },
    absent::Property {
        kind: "pet",
        values: Sides {
            seen: &["喜鹊", "刺猬", "乌龟", "松鼠", "鹦鹉", "白貂"],
            held_out: &["猫头鹰", "山羊", "黄鹂"],
        },
        stated: PET,
        asked: PET_ASKED,
    },
];
const PROFESSION: Sides<&str> = Sides {
    seen: &[
        "{who}以做{value}为生。",
        "{who}的职业是{value}。",
        "{who}当了一辈子{value}。",
        "{who}是一名{value}。",
        "{who}靠{value}这门手艺过日子。",
        "大家都知道{who}干的是{value}这一行。",
    ],
    held_out: &["{who}一直在做{value}。", "{who}是个{value}。", "论职业，{who}是{value}。"],
};
const PROFESSION_ASKED: Sides<&str> = Sides {
    seen: &[
        "{who}的职业是什么？",
        "{who}以什么为生？",
        "{who}做什么工作？",
        "{who}是做什么的？",
        "{who}干的是哪一行？",
        "{who}靠什么手艺过日子？",
    ],
    held_out: &["{who}做的是什么职业？", "{who}是干什么的？", "{who}从事什么工作？"],
};
const BIRTHPLACE: Sides<&str> = Sides {
    seen: &[
        "{who}出生在{value}。",
        "{who}的出生地是{value}。",
        "{who}生于{value}。",
        "{value}是{who}出生的地方。",
        "{who}呱呱坠地时，一家人正住在{value}。",
        "{who}是在{value}降生的。",
    ],
    held_out: &["{who}就出生在{value}。", "{who}在{value}出生。", "{value}是{who}的出生地。"],
};
const BIRTHPLACE_ASKED: Sides<&str> = Sides {
    seen: &[
        "{who}出生在哪里？",
        "{who}的出生地是哪里？",
        "{who}在什么地方出生？",
        "{who}生于何处？",
        "{who}是在哪个地方降生的？",
        "哪个地方是{who}的出生地？",
    ],
    held_out: &["{who}生在什么地方？", "{who}在哪里出生？", "{who}出生的地方是哪里？"],
};
const INSTRUMENT: Sides<&str> = Sides {
    seen: &[
        "{who}每逢节日都要演奏{value}。",
        "{who}学过演奏{value}。",
        "{who}最拿手的乐器是{value}。",
        "{value}是{who}演奏的乐器。",
        "在乐队里，{who}负责{value}。",
        "{who}从小就跟着师傅练{value}。",
    ],
    held_out: &[
        "{who}喜欢演奏{value}。",
        "{who}学的乐器是{value}。",
        "人人都爱听{who}演奏{value}。",
    ],
};
const INSTRUMENT_ASKED: Sides<&str> = Sides {
    seen: &[
        "{who}演奏什么乐器？",
        "{who}会演奏哪种乐器？",
        "{who}最拿手的乐器是什么？",
        "{who}学的是什么乐器？",
        "{who}练的是哪件乐器？",
        "在乐队里，{who}负责什么乐器？",
    ],
    held_out: &["{who}喜欢什么乐器？", "{who}平时演奏哪种乐器？", "{who}演奏的是什么乐器？"],
};
const PET: Sides<&str> = Sides {
    seen: &[
        "{who}养了一只{value}。",
        "{who}家里养着{value}。",
        "{who}的宠物是{value}。",
        "陪伴{who}的是一只{value}。",
        "{who}身边总带着一只驯服的{value}。",
        "{who}把一只{value}当作宝贝。",
    ],
    held_out: &[
        "{who}有一只{value}做宠物。",
        "{who}的宠物就是一只{value}。",
        "{who}在院子里养了只{value}。",
    ],
};
const PET_ASKED: Sides<&str> = Sides {
    seen: &[
        "{who}养了什么宠物？",
        "{who}的宠物是什么？",
        "{who}家里养着什么动物？",
        "{who}养的是什么？",
        "{who}身边带着什么动物？",
        "{who}把什么动物当作宝贝？",
    ],
    held_out: &["{who}有什么宠物？", "{who}养了什么动物？", "{who}的宠物是哪种动物？"],
};

/// Wording of `update`.
pub const UPDATE: update::Wording = update::Wording {
    first: FIRST,
    later: LATER,
    now: NOW,
    at_first: AT_FIRST,
    as_of: AS_OF,
    kinds: Sides {
        seen: &["房间号", "月薪", "铺位号", "呼号", "工位号", "季租"],
        held_out: &["车厢号", "年薪", "电话号码"],
    },
};
const FIRST: Sides<&str> = Sides {
    seen: &[
        "{key}的{kind}定为{value}。",
        "起初，{key}的{kind}是{value}。",
        "{key}的{kind}是{value}。",
        "一开始，大家把{key}的{kind}记作{value}。",
        "{key}最早分到的{kind}是{value}。",
        "账上头一笔，{key}的{kind}写的是{value}。",
    ],
    held_out: &[
        "{key}最开始的{kind}是{value}。",
        "当初，{key}的{kind}定的是{value}。",
        "{key}得到的{kind}是{value}。",
    ],
};
const LATER: Sides<&str> = Sides {
    seen: &[
        "{key}的{kind}改成了{value}。",
        "更正：{key}的{kind}不再是先前所说，而是{value}。",
        "从现在起，{key}的{kind}是{value}。",
        "后来，{key}的{kind}变为{value}。",
        "经重新核定，{key}的{kind}换作{value}。",
        "前面写错了，{key}的{kind}应当是{value}。",
    ],
    held_out: &[
        "如今{key}的{kind}改为{value}。",
        "{key}换了{kind}，现在是{value}。",
        "之后，{key}的{kind}调整为{value}。",
    ],
};
const NOW: Sides<&str> = Sides {
    seen: &[
        "{key}现在的{kind}是多少？",
        "{key}目前的{kind}是什么？",
        "经过所有更正，{key}的{kind}是多少？",
        "{key}的{kind}最后是多少？",
        "到头来，{key}的{kind}是哪个？",
        "{key}眼下的{kind}是多少？",
    ],
    held_out: &[
        "{key}如今的{kind}是什么？",
        "现在{key}的{kind}是多少？",
        "{key}最终的{kind}是多少？",
    ],
};
const AT_FIRST: Sides<&str> = Sides {
    seen: &[
        "{key}最初的{kind}是多少？",
        "{key}起初的{kind}是什么？",
        "在任何更正之前，{key}的{kind}是多少？",
        "{key}原来的{kind}是多少？",
        "{key}头一个{kind}是多少？",
        "最早的时候，{key}的{kind}是哪个？",
    ],
    held_out: &[
        "{key}最开始的{kind}是什么？",
        "一开始{key}的{kind}是多少？",
        "{key}最早的{kind}是什么？",
    ],
};
const AS_OF: Sides<&str> = Sides {
    seen: &[
        "截至{section}，{key}的{kind}是多少？",
        "读到{section}结束时，{key}的{kind}是什么？",
        "到{section}为止，{key}的{kind}是多少？",
        "在{section}末尾，{key}的{kind}是多少？",
        "只看到{section}，{key}的{kind}是哪个？",
        "{section}完结之际，{key}的{kind}是多少？",
    ],
    held_out: &[
        "到{section}结束时，{key}的{kind}是什么？",
        "读完{section}，{key}的{kind}是多少？",
        "按{section}末的情况，{key}的{kind}是多少？",
    ],
};

/// All of it.
pub const PHRASINGS: &[&Sides<&str>] = &[
    &STATEMENTS,
    &ONE,
    &ALL,
    &SEVERAL,
    &PROFESSION,
    &PROFESSION_ASKED,
    &BIRTHPLACE,
    &BIRTHPLACE_ASKED,
    &INSTRUMENT,
    &INSTRUMENT_ASKED,
    &PET,
    &PET_ASKED,
    &FIRST,
    &LATER,
    &NOW,
    &AT_FIRST,
    &AS_OF,
];
