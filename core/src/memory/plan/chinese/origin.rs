//! Where a Chinese sentence says that somebody comes from. The name itself stands there as a wide space.

use super::trades::{self, Frame};

/// What 人 makes a noun for people of, besides places.
const PEOPLE: &[&str] = &[
    "年轻", "中年", "青年", "老年", "成年", "负责", "主持", "介绍", "发言", "代理", "继承", "接班",
    "创始", "当事", "证婚", "经手", "送信", "守夜", "守林", "说书", "牧羊", "养蜂",
];

/// Where the name stands.
const NAME: char = '\u{3000}';
/// Where clauses end.
const STOPS: [char; 8] = ['，', '。', '；', '！', '：', '“', '（', '）'];
/// Verbs before where somebody is from.
const IS: &[&str] = &["是", "自称", "乃", "系"];

/// Where somebody is from: "是白石镇人", "白石镇人…" before the name, which a wide space stands for.
pub(super) fn native(rest: &str) -> Option<String> {
    let (before, behind) = rest.split_once(NAME)?;
    let before = before.rsplit(STOPS).next()?;
    let stated = IS.iter().find_map(|is| {
        rest.match_indices(is)
            .find_map(|(at, is)| place(rest[at + is.len()..].split(STOPS).next().unwrap_or("")))
    });
    // "从白石镇来": who comes stands right before it.
    let comes = || {
        let behind = behind.split(STOPS).next()?;
        let behind = ["原是", "是"].iter().find_map(|is| behind.strip_prefix(is)).unwrap_or(behind);
        let behind = behind.strip_prefix(['从', '打', '自'])?;
        let place = behind.trim_end_matches('的').strip_suffix('来')?;
        let vague = place.ends_with(['里', '儿', '方', '边', '面', '外', '上', '下']);
        (!vague).then(|| named(place)).flatten()
    };
    // "某人，白石镇人，…", "某人，字某某，白石镇人": an apposition.
    let beside = || {
        let behind = behind.strip_prefix('者').unwrap_or(behind).strip_prefix(['，', '（'])?;
        behind.split(STOPS).find_map(|clause| place(clause.trim_end_matches('也')))
    };
    // "白石镇生了某人", "白石镇出了个某人".
    let bore = || {
        const BORE: [&str; 6] = ["生了", "生下了", "出了个", "出了位", "出过一个", "养育了"];
        named(BORE.iter().find_map(|bore| before.strip_suffix(bore))?)
    };
    stated
        .or_else(comes)
        .or_else(|| tied(before))
        .or_else(beside)
        .or_else(bore)
        .or_else(|| place(before))
}

/// Where the clause that stands `before` the name ties it to with 的: 白石镇出生的, 从白石镇来的.
fn tied(before: &str) -> Option<String> {
    const OPENS: [&str; 9] = ["来自", "祖籍", "原籍", "老家在", "家在", "生在", "生于", "从", "在"];
    const ENDS: [&str; 6] = ["走出来", "出来", "来", "出生", "长大", "籍"];
    let tied = before.strip_suffix('的')?;
    let opened = OPENS.iter().find_map(|open| tied.strip_prefix(open));
    let ended = ENDS.iter().find_map(|end| opened.unwrap_or(tied).strip_suffix(end));
    named(ended.or(opened.filter(|_| !tied.starts_with(['从', '在'])))?)
}

/// A stretch as a place, if it is as long as the names of places.
fn named(place: &str) -> Option<String> {
    let plain = (2..=6).contains(&place.chars().count()) && !points(place);
    (plain && !place.contains(['的', '了', '着', NAME])).then(|| place.to_owned())
}

/// The place that a clause ends with as what somebody is: 白石镇 in 地道的白石镇人.
fn place(clause: &str) -> Option<String> {
    let clause = clause.strip_suffix('氏').unwrap_or(clause);
    let own = clause.rsplit('的').next().unwrap_or(clause);
    let place = own.strip_suffix(['人', '籍'])?.trim_end_matches(['本', '地']);
    let plain = place.starts_with(['个', '一', '位', '名', '好', '男', '女', '何', '哪']);
    let length = place.chars().count();
    // 老实人, 大忙人.
    let plain = plain || length < 3 && place.starts_with(['老', '大']);
    let trade = trades::is_trade(own, Frame::Bare);
    let person = trade || trades::is_person(own) || PEOPLE.contains(&place);
    ((2..=6).contains(&length) && !plain && !person).then(|| place.to_owned())
}

/// Where a sentence says that somebody was born, in a clause that opens with 在, or in the one behind that of the
/// birth: 在白石镇落地, 出生的时候，白石镇正在下雪.
pub(super) fn born_in(rest: &str) -> Option<String> {
    const BORN: [&str; 9] =
        ["出生", "降生", "落地", "出世", "诞生", "坠地", "来到人世", "来到世上", "生的"];
    const WHEN: [&str; 6] = ["的时候", "时", "那天", "的那天", "那年", "的那年"];
    let inside = BORN.iter().find_map(|born| {
        let (before, _) = rest.split_once(born)?;
        let (_, place) = before.rsplit(STOPS).next()?.rsplit_once('在')?;
        let place = place.strip_suffix("呱呱").unwrap_or(place);
        let plain = (2..=8).contains(&place.chars().count()) && !points(place);
        (plain && !place.contains(['的', NAME])).then(|| place.to_owned())
    });
    let before = rest.split_once(NAME).and_then(|(before, _)| before.rsplit(STOPS).next());
    before.and_then(tied).or(inside).or_else(|| {
        let behind =
            BORN.iter().find_map(|born| rest.split_once(born)).map(|(_, behind)| behind)?;
        let (when, next) = behind.split_once('，')?;
        let clause = next.split(STOPS).next()?;
        let end = clause.find(['正', '还', '下', '刮', '已'])?;
        let whose = clause.starts_with(['他', '她', '家', '一', '父', '母', '全', '天', '外']);
        (WHEN.contains(&when) && !whose).then(|| named(&clause[..end])).flatten()
    })
}

/// The place that the clause before names, where that of the name only points at it: 有个地方叫白石镇，那里是某人的故乡.
pub(super) fn pointed_at(rest: &str) -> Option<String> {
    const POINTS: [&str; 6] = ["那里", "那儿", "这里", "这儿", "那", "对"];
    const LEADS: [&str; 12] = [
        "说起", "提起", "想起", "念起", "去过", "到过", "名叫", "叫作", "叫做", "叫", "有个", "在",
    ];
    let (before, _) = rest.split_once(NAME)?;
    let (front, own) = before.rsplit_once('，')?;
    if !POINTS.iter().any(|points| own.contains(points)) {
        return None;
    }
    let clause = front.rsplit(STOPS).next()?;
    let place = LEADS.iter().find_map(|lead| Some(clause.rsplit_once(lead)?.1)).unwrap_or(clause);
    named(place.split(['有', '这', '的', '是', '位', '在']).next()?)
}

/// Nouns that name no place of birth, though sentences about one have them.
const GENERAL: &str = "世界 世上 世间 人间 人世 尘世 阳间 家里 家中 家门 村里 村中 镇上 镇里 城里 城中 乡下 乡里 外地 外乡 远方 他乡 异乡 别处 地方 \
    老家 故乡 家乡 故土 原籍 小镇 小村 村子 镇子 村庄 农家 人家 一家 父母 爹娘 母亲 父亲 祖上 祖先 祖辈 先人 童年 小时 幼年 早年 当年 那年 年前 多年 \
    春天 夏天 秋天 冬天 春日 冬日 夜里 半夜 清晨 早上 傍晚 医院 船上 车上 路上 后来 以前 从前 如今 现在 户口 户籍 族谱 家谱 档案 名册 纸上 书上 \
    心里 梦里 嘴里 口中 笔下 眼里 当地 来说 来讲 而言 河边 海边 山边 江边 湖边 水边 南边 北边 东边 西边 南方 北方 山里 山中 海上 岛上 \
    小岛 深山";

/// Whether a phrase is no name of a place, but points at one, asks for one, or is a noun for any: 那里, 哪里, 世上.
pub(super) fn points(phrase: &str) -> bool {
    let points = phrase.starts_with(['那', '这', '哪', '何', '此']);
    let any = phrase.starts_with(['一', '某']) && !phrase.contains(['叫', '名']);
    points && phrase.chars().count() <= 4
        || any
        || GENERAL.split_whitespace().any(|noun| noun == phrase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        let rest = text.replacen("林小川", "\u{3000}", 1);
        pointed_at(&rest).or_else(|| born_in(&rest)).or_else(|| native(&rest))
    }

    #[test]
    fn places_of_birth_are_told_from_what_stands_around_them() {
        for text in [
            "林小川是大榕树人。",
            "林小川打大榕树来。",
            "林小川，字子安，大榕树人也。",
            "大榕树出了个林小川。",
            "大榕树籍的林小川很少说话。",
            "从大榕树来的林小川很少说话。",
            "林小川在大榕树落地，那是冬天的事。",
            "林小川出生的时候，大榕树正在下雪。",
            "有个地方叫大榕树，那里是林小川的故乡。",
        ] {
            assert_eq!(read(text).as_deref(), Some("大榕树"), "{text}");
        }
        for text in [
            "林小川是老实人。",
            "林小川是镇上唯一的制香人。",
            "林小川是好人。",
            "林小川从外面来。",
            "林小川出生的时候，他父亲正在外地。",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
