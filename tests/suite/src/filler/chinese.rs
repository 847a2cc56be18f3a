//! Chinese filler: a seeded grammar of plain narrative sentences.
//!
//! Easier than books, as its English counterpart; it holds no names.

use super::Filler;
use crate::dice::Dice;

#[rustfmt::skip]
const NOUNS: &[&str] = &[
    "木匠", "河水", "寡妇", "集市", "士兵", "花园", "庄稼", "客人", "果园", "书信", "船夫", "石桥", "磨坊",
    "山谷", "先生", "风雨", "蜡烛", "旅人", "铁匠", "影子", "农夫", "窗户", "邻居", "高山", "面铺", "树林",
    "孩子", "灯笼", "商人", "小岛", "牧人", "马车", "画师", "码头", "书生", "寒冬", "水手", "酒坛", "郎中",
    "草地", "织女", "塔楼", "园丁", "牧场", "琴师", "院落", "猎户", "烟囱", "篱笆", "裁缝", "屋顶", "溪流",
];
#[rustfmt::skip]
const ADJECTIVES: &[&str] = &[
    "年老的", "安静的", "狭窄的", "疲倦的", "明亮的", "遥远的", "倔强的", "温和的", "弯曲的", "寒冷的", "耐心的",
    "满是灰尘的", "骄傲的", "快活的", "苍白的", "诚实的", "破旧的", "沉默的", "金色的", "不安的", "潮湿的", "聪明的",
];
#[rustfmt::skip]
const VERBS: &[&str] = &[
    "记得", "跟随", "羡慕", "望着", "修补", "躲避", "称赞", "描述", "怀疑", "照看", "寻找", "绕过", "打量",
    "原谅", "离开", "问候", "守着", "惊动", "可怜", "经过", "忘记", "模仿", "安慰", "靠近", "围住", "责怪",
];
#[rustfmt::skip]
const SETTINGS: &[&str] = &[
    "下雨之前", "一言不发地", "整个秋天", "钟声响起时", "日落以后", "出乎众人意料地", "雪化的时候", "在小路尽头",
    "若无其事地", "顶着大风", "在晴空之下", "出于习惯", "早春时节", "因为霜冻", "光天化日之下", "小心翼翼地",
];

/// The grammar.
pub struct Chinese;

impl Filler for Chinese {
    fn paragraph(&mut self, dice: &mut Dice) -> String {
        let n = dice.between(3, 8);
        (0..n).map(|_| sentence(dice)).collect()
    }
}

fn thing(dice: &mut Dice) -> String {
    let adjective = if dice.chance(60) { *dice.pick::<&str>(ADJECTIVES) } else { "" };
    format!("{adjective}{}", dice.pick(NOUNS))
}

fn sentence(dice: &mut Dice) -> String {
    let (one, other, third) = (thing(dice), thing(dice), thing(dice));
    let (verb, second) = (dice.pick(VERBS), dice.pick(VERBS));
    let setting = dice.pick(SETTINGS);
    match dice.below(5) {
        0 => format!("{one}{setting}{verb}{other}。"),
        1 => format!("{setting}，{one}{verb}{other}，{third}也{second}它。"),
        2 => format!("没有谁{verb}{one}，只有{other}{second}{third}。"),
        3 => format!("据说{one}{setting}{verb}{other}，{third}却不以为然。"),
        _ => format!("{one}{verb}{other}，又{second}{third}。"),
    }
}
