//! Chinese names and keys: surnames and given names, things that stand for keys.

use crate::dice::Dice;
use crate::split::{Sides, Split};

#[rustfmt::skip]
const SURNAMES: Sides<&str> = Sides {
    seen: &[
        "赵", "钱", "孙", "李", "周", "吴", "郑", "冯", "陈", "蒋", "沈", "韩", "杨", "朱",
        "秦", "许", "何", "吕", "施", "张", "孔", "曹", "严", "魏", "陶", "姜", "戚", "谢",
        "邹", "柏", "徐", "马", "胡", "林", "郭", "谭", "彭", "范", "潘", "田", "汪", "夏",
    ],
    held_out: &[
        "罗", "梁", "宋", "唐", "董", "袁", "邓", "傅", "曾", "苏", "卢", "蔡",
    ],
};
#[rustfmt::skip]
const GIVEN: Sides<&str> = Sides {
    seen: &[
        "文", "静", "国", "强", "志", "明", "丽", "芳", "建", "军", "秀", "英", "海", "燕",
        "春", "梅", "德", "华", "玉", "兰", "婉", "清", "俊", "杰", "思", "远", "若", "琳",
        "子", "涵", "晓", "宁", "凯", "颖", "蓉", "平", "勇", "敏", "立", "新", "慧", "康",
    ],
    held_out: &[
        "宇", "伟", "佳", "雪", "鹏", "欣", "浩", "雨", "博", "莹", "嘉", "永",
    ],
};
#[rustfmt::skip]
const ADJECTIVES: Sides<&str> = Sides {
    seen: &[
        "琥珀", "青铜", "翡翠", "白银", "朱红", "墨绿", "古木", "流云", "寒霜", "晨曦", "紫檀",
        "秋水", "暮雪", "金丝", "苍松", "玛瑙", "清泉", "赤霞", "青瓷", "薄雾", "珍珠",
    ],
    held_out: &[
        "象牙", "黄铜", "霁月", "红枫", "碧玉", "雕花",
    ],
};
#[rustfmt::skip]
const NOUNS: Sides<&str> = Sides {
    seen: &[
        "灯塔", "石狮", "风铃", "竹楼", "渡船", "画屏", "香炉", "茶壶", "铜镜", "绣球", "马鞍",
        "书柜", "花瓶", "钟楼", "渔网", "风筝", "石磨", "药柜", "陶罐", "棋盘", "铁锚",
    ],
    held_out: &[
        "水车", "算盘", "门环", "屏风", "酒壶", "砚台",
    ],
};

/// A surname.
pub fn surname(dice: &mut Dice, split: Split) -> &'static str {
    split.pick(dice, &SURNAMES)
}

/// A given name of two characters.
pub fn given(dice: &mut Dice, split: Split) -> String {
    format!("{}{}", split.pick(dice, &GIVEN), split.pick(dice, &GIVEN))
}

/// A compound of two words.
pub fn compound(dice: &mut Dice, split: Split) -> String {
    format!("{}{}", split.pick(dice, &ADJECTIVES), split.pick(dice, &NOUNS))
}
