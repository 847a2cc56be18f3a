//! Where a Chinese sentence says that somebody comes from, and what it says that somebody lives by. The name
//! itself stands there as a wide space.

use crate::memory::plan::language::kinds::Kind;
use crate::memory::segment::words::is_ideograph;

/// Words between being something by trade and the noun for it.
const LASTING: &[&str] = &[
    "了",
    "过",
    "着",
    "起",
    "一辈子",
    "半辈子",
    "大半辈子",
    "一生",
    "一世",
    "多年",
    "几十年",
    "名",
    "位",
    "个",
];

/// What follows the noun for a trade.
const ENDS: &[&str] = &[
    "为生",
    "为业",
    "的",
    "谋生",
    "，",
    "。",
    "；",
    "、",
    "糊口",
    "来",
    "吃饭",
    "过日子",
    "这门",
    "这一行",
    "这行",
    "这个行当",
];

/// What 人 makes a noun for people of, besides places.
const PEOPLE: &[&str] = &[
    "年轻", "中年", "青年", "老年", "成年", "负责", "主持", "介绍", "发言", "代理", "继承", "接班",
    "创始", "当事", "证婚", "经手", "送信", "守夜", "守林", "说书", "牧羊", "养蜂",
];

/// Where somebody is from: "是白石镇人", "白石镇人…" before the name, which a wide space stands for.
pub(super) fn native(rest: &str) -> Option<String> {
    let place = |clause: &str| {
        let clause = clause.strip_suffix('氏').unwrap_or(clause);
        let place = clause.strip_suffix('人')?.trim_end_matches(['本', '地']);
        let place = place.rsplit('的').next().unwrap_or(place);
        let plain =
            place.starts_with(['个', '一', '位', '名', '好', '老', '大', '男', '女', '何', '哪']);
        let length = place.chars().count();
        ((2..=6).contains(&length) && !plain).then(|| place.to_owned())
    };
    let stop = ['，', '。', '；', '！', '：', '“'];
    let stated = rest
        .match_indices('是')
        .find_map(|(at, is)| place(rest[at + is.len()..].split(stop).next().unwrap_or("")));
    // "从白石镇来": who comes stands right before it.
    let comes = || {
        let behind = rest.split_once("\u{3000}从")?.1.split(stop).next()?;
        let place = behind.trim_end_matches('的').strip_suffix('来')?;
        let vague = place.ends_with(['里', '儿', '方', '边', '面', '外', '上', '下']);
        ((2..=6).contains(&place.chars().count()) && !vague).then(|| place.to_owned())
    };
    // "某人，白石镇人，…": an apposition.
    let beside = || {
        let behind = rest.split_once("\u{3000}，")?.1.split(stop).next()?;
        place(behind).filter(|found| !PEOPLE.contains(&found.as_str()))
    };
    stated.or_else(comes).or_else(beside).or_else(|| {
        let (before, _) = rest.split_once('\u{3000}')?;
        let found = place(before.rsplit(stop).next().unwrap_or(""))?;
        (!PEOPLE.contains(&found.as_str())).then_some(found)
    })
}

/// What somebody is by trade: behind "是一名" and the like, and ending as trades do.
pub(super) fn trade(rest: &str) -> Option<String> {
    let opens = [
        "是一名",
        "是一位",
        "是位",
        "是名",
        "是个",
        "是一个",
        "职业是",
        "工作是",
        "当过",
        "担任",
        "作为",
        "从事",
        "靠当",
        "靠做",
        "靠",
        "以做",
        "当",
        "做",
        "以",
        "是",
    ];
    opens.iter().find_map(|open| {
        rest.match_indices(open).find_map(|(at, _)| {
            let behind = &rest[at + open.len()..];
            let end =
                ENDS.iter().filter_map(|stop| behind.find(stop)).min().unwrap_or(behind.len());
            let mut found = behind[..end].trim_matches('\u{3000}');
            // "当了一辈子木匠": how long is left out.
            while let Some(shorter) = LASTING.iter().find_map(|word| found.strip_prefix(word)) {
                found = shorter;
            }
            // "是镇上的木匠": what stands behind 的 is the noun.
            let of = behind[end..].strip_prefix('的').unwrap_or_default();
            let of = of.split(['，', '。', '；', '、']).next().unwrap_or_default();
            if Kind::is_chinese_trade(of) && (2..=6).contains(&of.chars().count()) {
                return Some(of.to_owned());
            }
            let length = found.chars().count();
            ((2..=6).contains(&length) && Kind::is_chinese_trade(found)).then(|| found.to_owned())
        })
    })
}

/// What somebody lives by that has no noun for who does it: 打渔 in 靠打渔养活一家, 豆腐坊 in 开了一家豆腐坊.
pub(super) fn livelihood(rest: &str) -> Option<String> {
    const BY: &[&str] = &["靠着", "凭着", "全靠", "靠", "凭", "以"];
    const LIVES: &[&str] = &[
        "为生",
        "为业",
        "谋生",
        "糊口",
        "养活",
        "养家",
        "过活",
        "维生",
        "度日",
        "过日子",
        "讨生活",
        "混饭",
        "吃饭",
    ];
    const SHOPS: &[char] = &['坊', '铺', '店', '馆', '摊', '厂', '行'];
    let stop = ['，', '。', '；', '、', '！', '？', '\u{3000}'];
    let clauses = || rest.split(stop);
    let is_plain =
        |found: &str| (2..=8).contains(&found.chars().count()) && found.chars().all(is_ideograph);
    let lives = clauses().find_map(|clause| {
        let end = LIVES.iter().filter_map(|lives| clause.find(lives)).min()?;
        let before = &clause[..end];
        let (_, found) = BY.iter().find_map(|by| before.rsplit_once(by))?;
        let found = found.trim_end_matches('来');
        let craft = ["这门手艺", "的手艺", "手艺"].iter().find_map(|of| found.strip_suffix(of));
        let found = craft.unwrap_or(found);
        is_plain(found).then(|| found.to_owned())
    });
    let keeps = || {
        clauses().find_map(|clause| {
            let (_, behind) = clause.split_once('开')?;
            let behind = behind.trim_start_matches(['了', '着', '过', '起']);
            let behind = behind.trim_start_matches('一');
            let found = behind.strip_prefix(['家', '间', '爿', '个', '所'])?;
            (is_plain(found) && found.ends_with(SHOPS)).then(|| found.to_owned())
        })
    };
    lives.or_else(keeps)
}
