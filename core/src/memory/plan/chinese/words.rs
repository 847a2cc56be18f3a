//! Words that Chinese questions and statements have around owners and properties, by lists, since nothing marks
//! where words end: requests, interrogatives, what follows or precedes a name, and words for relations.

use crate::memory::index::stopwords;
use crate::memory::plan::language::kinds::Kind;

/// Words with which a request opens.
pub(in crate::memory::plan) const REQUESTS: &str = "把 将 说明 说说 讲讲 逐个 依次 提到 凡是 凡 都 分别 逐一 一一 请把 请将 请查 查一查 查查 查 看看 试问 帮我 麻烦 请问 请你 请 找出 给出 写出 列出 列举 说出 指出 查出 告诉我 回答 文中 \
    文章中 文本中 书中 原文中 文档中 资料中 根据文本 根据文章 根据上文 提到的 \
    文中说 文里说 文中写 书里说 谁能说出 你知不知道 你可知道 你知道 你可知 可知道 知不知道 知道 晓得 记得 谁知道 谁记得 谁能告诉我 能否说出 能不能说出 你能说出 可否说出 想查 要查 查询 \
    查找 想找 要找 \
    给出的 所给的 记载的 写明的 所说的 所记的 说的 写的 所有 全部 问一下 \
    查一下 想知道 我想知道 那么 在文中 出现的";
/// Words behind a property.
pub(in crate::memory::plan) const BEHIND: &[&str] = &[
    "领取",
    "取货",
    "叫",
    "分别是",
    "各自是",
    "各是",
    "都是",
    "都有",
    "是不是",
    "是什么",
    "是多少",
    "是哪",
    "是",
    "为",
    "有哪",
    "有几",
    "有什么",
    "等于",
    "都",
    "各",
    "分别",
    "逐一",
    "一一",
    "写出来",
    "列出来",
    "说出来",
    "后来",
    "改成",
    "改为",
    "变成",
    "变为",
    "换成",
    "换为",
    "最后",
    "最终",
    "如今",
    "现在",
    "目前",
    "显示",
    "读作",
    "记作",
    "记为",
    "写成",
    "写的",
    "记的",
    "标的",
    "给的",
    "该",
    "应",
    "究竟",
    "到底",
    "又",
    "写着",
    "定为",
    "在哪",
    "什么",
    "多少",
    "哪",
    "几",
    "呢",
];

/// Endings of nouns for numbers.
pub(in crate::memory::plan) const KINDS: &[&str] = &["号", "码", "数", "价", "费", "额", "量"];
/// Words for all of something, before or behind a property or an owner.
pub(in crate::memory::plan) const ALL: &[&str] =
    &["所有", "全部", "各个", "每个", "一切", "一共", "总共", "共", "都", "各自", "各", "分别"];
/// Words for which of something.
pub(in crate::memory::plan) const WHICH: &[&str] =
    &["哪些", "哪几个", "哪一个", "哪一种", "哪个", "哪种", "什么样的", "什么", "多少", "哪"];
/// Words between a question's owner and "which".
pub(in crate::memory::plan) const TIES: &[&str] = &[
    "如今",
    "现在",
    "目前",
    "当前",
    "眼下",
    "有关",
    "相关",
    "养",
    "平时",
    "平日",
    "从小",
    "家里",
    "身边",
    "身旁",
    "精通",
    "会",
    "弹",
    "学",
    "做",
    "干",
    "当",
    "所对应",
    "所有",
    "领到",
    "领取",
    "领用",
    "上面",
    "上头",
    "这一项",
    "那一项",
    "这项",
    "一项",
    "项下",
    "条目",
    "标着",
    "标明",
    "注明",
    "印着",
    "刻着",
    "贴着",
    "挂着",
    "挂",
    "印",
    "刻",
    "凭",
    "占用",
    "占",
    "编入",
    "编",
    "被",
    "注册",
    "设定",
    "配",
    "持",
    "手中",
    "里面",
    "所",
    "对应",
    "相应",
    "所用",
    "所属",
    "名下",
    "手里",
    "手上",
    "身上",
    "那边",
    "后面",
    "旁边",
    "一栏",
    "方面",
    "本身",
    "拿",
    "领",
    "标",
    "贴",
    "写",
    "记",
    "报",
    "上",
    "有",
    "是",
    "用的",
    "用",
    "登记了",
    "登记",
    "记录了",
    "记载了",
    "记着",
    "拿到",
    "得到",
    "分到",
    "对应",
    "使用",
    "持有",
    "拥有",
    "叫",
    "属于",
    "归",
    "配了",
    "配有",
    "名下",
    "下面",
    "那里",
    "的",
    "了",
    "写着",
    "带着",
];
/// Adverbs and other small words that follow a name.
const EDGES: &[&str] = &[
    "每", "常", "总", "曾", "已", "又", "还", "不", "没", "自", "从", "靠", "凭", "以", "因", "将",
    "要", "能", "可", "很", "更", "极", "身", "家", "手", "原", "本", "乃", "即", "则", "却", "才",
    "只", "仅", "便", "就", "此", "其", "之", "一", "两", "向", "往", "如", "像", "让", "叫", "请",
    "另", "再", "先", "后", "来", "去", "时", "须", "必", "得", "该", "应",
];
/// Those of them that are nouns too.
const NOUNS: &[&str] = &["身", "家", "手", "原", "本", "一", "两", "后", "先", "来", "往", "向"];
/// Words before an owner.
pub(in crate::memory::plan) const OPENS: &[&str] = &[
    "为",
    "给",
    "生",
    "要找",
    "要取",
    "轮到",
    "找",
    "对于",
    "对",
    "和",
    "同",
    "关于",
    "由",
    "替",
    "属于",
    "归",
    "在",
    "跟",
    "与",
    "说到",
    "至于",
    "陪伴着",
    "陪伴",
    "陪着",
    "跟着",
    "跟随",
];

/// Relations by all words that name or state them; a marker behind which the value stands ends in `>`.
pub(in crate::memory::plan) const RELATIONS: &[(Option<Kind>, &str)] = &[
    (
        None,
        "出生地 出生 生于> 降生 诞生 出世 生在> 籍贯 祖籍 故乡 家乡 老家 来自> 何处人 哪里人 出身于> 出身在> 出身哪 出身何 来到人世 \
         什么地方人 哪儿人 哪里来 哪儿来 打哪 何方人 来到世上 来到这个世界 呱呱坠地 坠地 长于> 原籍 落地 \
         土生土长 生长 长大 故土 原乡 诞下 落草 生养 养育 哺育 故里 桑梓 人氏 生下 地方生 哪里生 哪儿生 来到了这 来到这个 \
         降临人世 生身 出身地 乡籍 的根 地方的人 睁开眼",
    ),
    (
        Some(Kind::Trade),
        "职业 工作 谋生 为生 营生 行当 行业 哪一行 哪行 何行 从事 本行 生计 做什么 干什么 做的是 干的是 当的是 差事 以何 何业 什么业 职务 手艺 \
         当什么 当的什么 做的什么 干的什么 身份 糊口 碗饭 饭碗 为业 过活 吃饭 活儿 什么活 养家 谋职 什么职 何职 职责 活计 维生 谋食 度日 过日子 讨生活 \
         混饭 挣钱 赚钱 供职 任职 主业 正业 什么买卖 什么生意 什么差 何差 养活 挣饭 吃的什么饭 哪碗饭 什么饭 从业 靠什么生活 靠什么活 哪一门 哪门行 \
         什么为职 当差 什么行 哪个行 什么出身 何种出身",
    ),
    (
        Some(Kind::Instrument),
        "乐器 演奏> 弹奏> 吹奏> 拉奏> 弹> 吹> 拉> 奏> 敲> 擅长> 拿手 伴奏 见长 看家本领 独奏 合奏 拉的是 吹的是 什么琴 \
         哪种琴 哪样琴 何种琴 什么鼓 什么笛 琴艺 \
         弹的是 奏的是 敲的是 练的是 奏乐 响器 拨弄> 弹拨> 摆弄>",
    ),
    (
        Some(Kind::Animal),
        "宠物 爱宠 坐骑 动物 养着> 养了> 饲养> 养> 豢养> 喂养> 陪伴 作伴 带着> 喂食 喂的 收养> 伙伴 照料> 驯养> 牵着> 活物 骑的 骑什么 \
         骑着> 跟着 喂了 喂着> 照看> 伺候> 相伴 做伴 为伴 结伴",
    ),
    (None, "喜欢> 喜爱> 爱好> 最爱> 热爱> 嗜好 偏爱>"),
    (None, "住在> 居住 住址 住处 住所 家住> 定居> 寓所 住哪 住何处 住什么地方"),
    (None, "多大 年纪 岁数 年龄 年岁 几岁 高寿 贵庚"),
];
/// The relation of somebody to where he was born.
pub(in crate::memory::plan) const BIRTH: usize = 0;
/// The relation of somebody to his age.
pub(in crate::memory::plan) const AGE: usize = 6;

/// Those of them that are said of other things as well: 擅长书法, 带着一把伞.
pub(in crate::memory::plan) const LOOSE: &[&str] = &[
    "擅长",
    "拿手",
    "见长",
    "看家本领",
    "带着",
    "牵着",
    "照料",
    "收养",
    "练的是",
    "摆弄",
    "奏乐",
    "跟着",
    "照看",
    "伺候",
    "相伴",
    "做伴",
    "为伴",
    "结伴",
    "喂了",
    "长大",
    "人氏",
    "挣钱",
    "赚钱",
];

/// The relation that `text` names or states.
pub(in crate::memory::plan) fn relation(text: &str) -> Option<usize> {
    let named = |marker: bool| {
        RELATIONS.iter().position(|(_, list)| {
            list.split_whitespace().any(|word| match word.strip_suffix('>') {
                Some(bare) => marker && bare.chars().count() > 1 && text.contains(bare),
                None => !marker && text.contains(word),
            })
        })
    };
    // "生某人的地方": the verb stands before the name.
    let bears = text.starts_with('生') && text.contains("的地方");
    // The noun of a kind tells more than verbs beside it.
    let of_kind = [("乐器", Kind::Instrument), ("宠物", Kind::Animal), ("动物", Kind::Animal)];
    let of_kind = of_kind
        .iter()
        .find(|(noun, _)| text.contains(noun))
        .and_then(|(_, kind)| RELATIONS.iter().position(|(own, _)| *own == Some(*kind)));
    bears.then_some(0).or(of_kind).or_else(|| named(false)).or_else(|| named(true)).or_else(|| {
        // Verbs of one character only where the question has nothing else.
        RELATIONS.iter().position(|(kind, list)| {
            kind.is_some_and(|kind| matches!(kind, Kind::Instrument | Kind::Animal))
                && list
                    .split_whitespace()
                    .filter_map(|w| w.strip_suffix('>'))
                    .any(|verb| verb.chars().count() == 1 && text.contains(verb))
        })
    })
}

/// All words that questions have around owners and properties, or for a relation.
fn known_words() -> impl Iterator<Item = &'static str> {
    let lists = [OPENS, TIES, BEHIND, ALL, WHICH, EDGES].into_iter().flatten().copied();
    let relations = RELATIONS.iter().flat_map(|(_, list)| list.split_whitespace());
    let relations = relations.map(|word| word.trim_end_matches('>'));
    lists.chain(REQUESTS.split_whitespace()).chain(relations)
}

/// Whether a text opens with a word that questions and statements have around names.
pub(in crate::memory::plan) fn opens_with_function_word(text: &str) -> bool {
    // 手 follows a name in 手里, but also opens nouns: 手套.
    let sure = |word: &str| !NOUNS.contains(&word);
    stopwords::chinese_function_word(text).is_some()
        || known_words().any(|word| sure(word) && text.starts_with(word))
}

/// The same of its end.
pub(in crate::memory::plan) fn ends_with_function_word(text: &str) -> bool {
    let last = |chars: usize| {
        let at = text.char_indices().rev().nth(chars - 1).map(|(at, _)| &text[at..]);
        at.is_some_and(|end| stopwords::chinese_function_word(end) == Some(end))
    };
    (1..=4).any(last) || known_words().any(|word| text.ends_with(word))
}

/// What is left of a phrase without the words that questions have around names, in stretches.
pub(in crate::memory::plan) fn unknown(phrase: &str) -> Vec<&str> {
    let (mut out, mut start, mut at) = (Vec::new(), 0, 0);
    while at < phrase.len() {
        let rest = &phrase[at..];
        let word = known_words()
            .filter(|word| rest.starts_with(word))
            .chain(stopwords::chinese_function_word(rest))
            .map(str::len)
            .max();
        let mark = rest.chars().next().filter(|c| !c.is_alphanumeric()).map(char::len_utf8);
        match word.or(mark) {
            Some(length) => {
                out.extend((at > start).then(|| &phrase[start..at]));
                at += length;
                start = at;
            }
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    out.extend((at > start).then(|| &phrase[start..at]));
    out
}

/// A phrase without the first or last of such words; `None` if it has none.
pub(in crate::memory::plan) fn without_edge(phrase: &str) -> Option<&str> {
    let small = stopwords::chinese_function_word(phrase).filter(|word| *word != phrase);
    let before = OPENS.iter().copied().chain(REQUESTS.split_whitespace()).chain(small);
    let behind = [TIES, BEHIND, ALL, WHICH, EDGES].into_iter().flatten();
    let shorter = behind.filter_map(|word| phrase.strip_suffix(word)).min_by_key(|s| s.len());
    let or = || before.filter_map(|word| phrase.strip_prefix(word)).min_by_key(|s| s.len());
    shorter.or_else(or)
}

/// Whether a noun names a number: 票号, 价.
pub(in crate::memory::plan) fn is_number_noun(noun: &str) -> bool {
    let digits = noun.bytes().any(|byte| byte.is_ascii_digit());
    !digits && KINDS.iter().any(|kind| noun.ends_with(kind))
}
