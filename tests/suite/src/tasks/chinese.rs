//! The Chinese wording of `needle`, `absent` and `update`: what is seen of it.

use super::{absent, chinese_held_out as held_out, needle, update};
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
            "病历号",
            "车牌号",
            "工牌号",
            "合同号",
        ],
        held_out: held_out::NUMBER_KINDS,
    },
    code_kinds: Sides {
        seen: &[
            "追踪码",
            "序列码",
            "归档码",
            "转运码",
            "保险码",
            "批次码",
            "取件码",
            "验货码",
            "通行码",
        ],
        held_out: held_out::CODE_KINDS,
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
    held_out: held_out::STATEMENTS,
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
    held_out: held_out::ONE,
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
    held_out: held_out::ALL,
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
    held_out: held_out::SEVERAL,
};

/// Properties of `absent`.
pub const PROPERTIES: [absent::Property; 4] = [
    absent::Property {
        kind: "profession",
        values: Sides {
            seen: &[
                "锁匠",
                "钟表匠",
                "药剂师",
                "装订工",
                "制图师",
                "玻璃匠",
                "铜匠",
                "修鞋匠",
                "调音师",
            ],
            held_out: held_out::PROFESSIONS,
        },
        stated: PROFESSION,
        asked: PROFESSION_ASKED,
    },
    absent::Property {
        kind: "birthplace",
        values: Sides {
            seen: &[
                "柳溪镇",
                "白鹭洲",
                "青枫渡",
                "石门坎",
                "杏花坞",
                "铁岭桥",
                "落雁滩",
                "石榴湾",
                "双塔镇",
            ],
            held_out: held_out::BIRTHPLACES,
        },
        stated: BIRTHPLACE,
        asked: BIRTHPLACE_ASKED,
    },
    absent::Property {
        kind: "instrument",
        values: Sides {
            seen: &["琵琶", "古筝", "二胡", "唢呐", "扬琴", "洞箫", "三弦", "葫芦丝", "手鼓"],
            held_out: held_out::INSTRUMENTS,
        },
        stated: INSTRUMENT,
        asked: INSTRUMENT_ASKED,
    },
    absent::Property {
        kind: "pet",
        values: Sides {
            seen: &["喜鹊", "刺猬", "乌龟", "松鼠", "鹦鹉", "白貂", "八哥", "兔子", "狸猫"],
            held_out: held_out::PETS,
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
        "{who}在城里当{value}。",
        "{who}的本行是{value}。",
        "{who}平日里靠当{value}养家。",
    ],
    held_out: held_out::PROFESSION,
};
const PROFESSION_ASKED: Sides<&str> = Sides {
    seen: &[
        "{who}的职业是什么？",
        "{who}以什么为生？",
        "{who}做什么工作？",
        "{who}是做什么的？",
        "{who}干的是哪一行？",
        "{who}靠什么手艺过日子？",
        "{who}的本行是什么？",
        "{who}平日里做什么营生？",
        "{who}靠什么养家？",
    ],
    held_out: held_out::PROFESSION_ASKED,
};
const BIRTHPLACE: Sides<&str> = Sides {
    seen: &[
        "{who}出生在{value}。",
        "{who}的出生地是{value}。",
        "{who}生于{value}。",
        "{value}是{who}出生的地方。",
        "{who}呱呱坠地时，一家人正住在{value}。",
        "{who}是在{value}降生的。",
        "{who}出生于{value}。",
        "{who}降生的地方叫{value}。",
        "{who}是在{value}出世的。",
    ],
    held_out: held_out::BIRTHPLACE,
};
const BIRTHPLACE_ASKED: Sides<&str> = Sides {
    seen: &[
        "{who}出生在哪里？",
        "{who}的出生地是哪里？",
        "{who}在什么地方出生？",
        "{who}生于何处？",
        "{who}是在哪个地方降生的？",
        "哪个地方是{who}的出生地？",
        "{who}出生于哪里？",
        "{who}是在哪儿出生的？",
        "{who}出世的地方叫什么？",
    ],
    held_out: held_out::BIRTHPLACE_ASKED,
};
const INSTRUMENT: Sides<&str> = Sides {
    seen: &[
        "{who}每逢节日都要演奏{value}。",
        "{who}学过演奏{value}。",
        "{who}最拿手的乐器是{value}。",
        "{value}是{who}演奏的乐器。",
        "在乐队里，{who}负责{value}。",
        "{who}从小就跟着师傅练{value}。",
        "{who}会演奏{value}。",
        "{who}每天清早都练习{value}。",
        "{who}用的乐器是{value}。",
    ],
    held_out: held_out::INSTRUMENT,
};
const INSTRUMENT_ASKED: Sides<&str> = Sides {
    seen: &[
        "{who}演奏什么乐器？",
        "{who}会演奏哪种乐器？",
        "{who}最拿手的乐器是什么？",
        "{who}学的是什么乐器？",
        "{who}练的是哪件乐器？",
        "在乐队里，{who}负责什么乐器？",
        "{who}会什么乐器？",
        "{who}用哪种乐器演奏？",
        "{who}练习的乐器是什么？",
    ],
    held_out: held_out::INSTRUMENT_ASKED,
};
const PET: Sides<&str> = Sides {
    seen: &[
        "{who}养了一只{value}。",
        "{who}家里养着{value}。",
        "{who}的宠物是{value}。",
        "陪伴{who}的是一只{value}。",
        "{who}身边总带着一只驯服的{value}。",
        "{who}把一只{value}当作宝贝。",
        "{who}饲养着一只{value}。",
        "{who}收养了一只{value}。",
        "{who}走到哪里都带着自己养的{value}。",
    ],
    held_out: held_out::PET,
};
const PET_ASKED: Sides<&str> = Sides {
    seen: &[
        "{who}养了什么宠物？",
        "{who}的宠物是什么？",
        "{who}家里养着什么动物？",
        "{who}养的是什么？",
        "{who}身边带着什么动物？",
        "{who}把什么动物当作宝贝？",
        "{who}饲养的是什么动物？",
        "{who}收养了什么动物？",
        "{who}养的是哪种宠物？",
    ],
    held_out: held_out::PET_ASKED,
};

/// Wording of `update`.
pub const UPDATE: update::Wording = update::Wording {
    first: FIRST,
    later: LATER,
    now: NOW,
    at_first: AT_FIRST,
    as_of: AS_OF,
    kinds: Sides {
        seen: &["房间号", "月薪", "铺位号", "呼号", "工位号", "季租", "门牌号", "日薪", "车位号"],
        held_out: held_out::UPDATE_KINDS,
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
    held_out: held_out::FIRST,
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
    held_out: held_out::LATER,
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
    held_out: held_out::NOW,
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
    held_out: held_out::AT_FIRST,
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
    held_out: held_out::AS_OF,
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
