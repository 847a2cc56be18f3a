//! Chinese nouns for instruments and animals, and where a text has one: 一只白貂, 弹得一手好凤首琴.
//!
//! Everyday nouns, made for this program. No proper names. Nouns for trades are in `trades`.

use super::trades;
use crate::memory::plan::language::kinds::Kind;
use crate::memory::segment::words::is_ideograph;

const INSTRUMENTS: &str = "琵琶 古筝 古琴 二胡 京胡 高胡 板胡 马头琴 胡琴 唢呐 \
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

const ANIMALS: &str = "狸猫 野猫 山猫 花猫 黑猫 波斯猫 野兔 灰兔 狼狗 狼犬 牧羊犬 哈巴狗 小狗 狗 犬 猎犬 小猫 猫 兔子 白兔 兔 仓鼠 松鼠 花栗鼠 老鼠 刺猬 貂 雪貂 狐狸 猴子 猴 \
    鹦鹉 八哥 鹩哥 画眉 百灵 金丝雀 喜鹊 乌鸦 麻雀 鸽子 鸽 猫头鹰 老鹰 鹰 隼 孔雀 天鹅 鹅 鸭子 鸭 公鸡 母鸡 鸡 乌龟 \
    龟 甲鱼 蜥蜴 壁虎 变色龙 蛇 青蛙 蛙 蟾蜍 金鱼 锦鲤 鲤鱼 鱼 蟋蟀 蝈蝈 蜘蛛 蜗牛 马 小马 骡子 驴 毛驴 牛 水牛 山羊 \
    绵羊 羊 羊驼 猪 骆驼 鹿 小鹿 熊 狼 水獭 獾 \
    鹌鹑 斑鸠 燕子 黄鹂 云雀 翠鸟 仙鹤 鹤 鸬鹚 鸵鸟 火鸡 鹧鸪 海龟 螃蟹 蝉 蝴蝶 蜜蜂 蚕 豚鼠 田鼠 黄鼠狼 猞猁 豹子 豹 \
    老虎 虎 狮子 大象 象 袋鼠 浣熊 熊猫 穿山甲 蝙蝠 海豹 企鹅 羚羊 野猪 大雁 鸳鸯 鱼鹰 文鸟 海鸥 螳螂 蝎子 白鼬 猩猩 猿 雀 鸟 貂鼠";

/// Measure words before animals, instruments and people, and characters between one and its noun.
const MEASURES: &str = "只条头匹尾羽口把张支管架面件名位";
const MODIFIERS: usize = 2;

/// Verbs before animals that are caught, sold or eaten, and so are nobody's.
const CAUGHT: &str = "耍打钓捕捞网卖买贩杀宰吃炖烤煮";
/// Colours that tell an animal from others of its kind.
const COLOURS: &str = "白黑灰黄红花青棕";

/// The longest noun of `kind` in `text`, the last of equally long ones, with what stands between it and a
/// measure word: 一只白貂.
pub(super) fn noun(kind: Kind, text: &str) -> Option<&str> {
    let list = match kind {
        Kind::Instrument => INSTRUMENTS,
        Kind::Animal => ANIMALS,
        Kind::Trade => return None,
    };
    let nouns = list.split_whitespace().filter_map(|noun| {
        let mut at = text.rmatch_indices(noun).map(|(at, _)| at);
        Some((noun, at.find(|at| stands_alone(kind, text, *at, noun))?))
    });
    let Some((noun, at)) = nouns.max_by_key(|(noun, _)| noun.len()) else {
        return (kind == Kind::Instrument).then(|| played(text)).flatten();
    };
    let mut first = at;
    if kind == Kind::Animal {
        let colour = text[..at].chars().next_back().filter(|c| COLOURS.contains(*c));
        first -= colour.map_or(0, char::len_utf8);
    }
    for (start, c) in text[..at].char_indices().rev().take(MODIFIERS + 1) {
        if MEASURES.contains(c) {
            first = start + c.len_utf8();
            break;
        }
        if !is_ideograph(c) || c == '的' {
            break;
        }
    }
    Some(&text[first..at + noun.len()])
}

/// Whether the noun at `at` is no part of a longer one of another kind, as 马 is of 马头琴, and no animal that is
/// caught or eaten.
fn stands_alone(kind: Kind, text: &str, at: usize, noun: &str) -> bool {
    let lists =
        [(Kind::Instrument, INSTRUMENTS), (Kind::Animal, ANIMALS), (Kind::Trade, trades::NOUNS)];
    let others = lists.iter().filter(|(other, _)| *other != kind);
    let longer = others.flat_map(|(_, list)| list.split_whitespace()).any(|other| {
        other.len() > noun.len()
            && other.contains(noun)
            && text
                .match_indices(other)
                .any(|(start, _)| start <= at && at + noun.len() <= start + other.len())
    });
    let caught = kind == Kind::Animal && text[..at].ends_with(|c| CAUGHT.contains(c));
    !longer && !caught
}

/// What a text says that somebody plays, if it ends as nouns for instruments do, or if it stands behind a
/// verb for nothing but playing: 弹得一手好凤首琴, 抚琴, 会演奏水罐.
fn played(text: &str) -> Option<&str> {
    const VERBS: &str = "弹拉吹敲奏抚拨操擂击打摇练学习会玩抱背精通擅善爱";
    const BETWEEN: &str = "得着了过起一二三两手好把支面架只张管件个他她的是那这在用和与靠给为以";
    const PLAYS: [&str; 4] = ["弹奏", "演奏", "吹奏", "拉奏"];
    const OTHERS: &str = "师手声曲谱艺技励掌动舞弄";
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let is_bound = |c: char| !is_ideograph(c) || VERBS.contains(c) || BETWEEN.contains(c);
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
            .find(|c| !is_ideograph(c) || BETWEEN.contains(c) || OTHERS.contains(c))
            .unwrap_or(behind.len());
        let noun = &behind[..end];
        (2..=4).contains(&noun.chars().count()).then_some(noun)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_belong_to_their_kinds() {
        assert_eq!(noun(Kind::Animal, "家里有一只小狗"), Some("小狗"));
        assert_eq!(noun(Kind::Animal, "屋里挂着马头琴"), None);
        assert_eq!(noun(Kind::Animal, "靠打鱼吃饭"), None);
        assert_eq!(noun(Kind::Animal, "养着白貂和马头琴"), Some("白貂"));
        assert_eq!(noun(Kind::Instrument, "弹得一手好凤首琴"), Some("凤首琴"));
    }
}
