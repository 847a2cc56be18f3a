//! Words around what a Chinese sentence says that somebody lives by. Everyday words, made for this program.

use crate::memory::plan::chinese::trades::Frame;

/// Words behind which a noun says what somebody is or does, what tells most first.
pub(super) const ROLES: &[(Frame, &str)] = &[
    (Frame::Likely, "改行做起 改行做 改行当 转行做 转行当"),
    (Frame::Sure, "担任 充当 充任 出任 就任"),
    (Frame::Likely, "聘为 聘作 雇为 选为 升为 封为 提为 身为 作为 成为 成了"),
    (Frame::Bare, "做成"),
    (Frame::Sure, "从事"),
    (Frame::Likely, "当上 做上 做起 干起 任职 就职 谋得 谋到 坐上"),
    (Frame::Bare, "考上 自称 号称 堪称 人称 补了"),
    (Frame::Likely, "学做"),
    (Frame::Bare, "学 操"),
    (Frame::Likely, "任 当 做"),
    (Frame::Bare, "作"),
    (Frame::Likely, "干"),
    (Frame::Bare, "是 为 乃 系"),
    (Frame::Likely, "出身"),
];

/// Words between a role and its noun.
pub(super) const BETWEEN: &str =
    "了 过 着 起 上 的是 一位 一个 一介 一 位 个 的 好 本地 本城 本镇 当地 一流";
/// Those that say that it is a trade.
pub(super) const LASTING: &str =
    "一名 名 一员 大半辈子 半辈子 一辈子 大半生 半生 一生 一世 多年 几年";

/// Words before a role that make it another's, unreal or a denial.
pub(super) const BLOCKS: &str = "不 没 未 非 别 想 愿 希望 打算 梦 差点 差一点 几乎 险些 像 似 装 扮 冒充 嫁 \
    娶 爱上 遇 碰见 看见 认识 认得 找来 请来 请了 送去 让 使 告诉 听 觉得 以为 怀疑 \
    认为 认出 恨 怕 劝 骂 问 说那 说他 说她 假如 如果 要是 若是 本该 应该 应当 隔壁";

/// What follows the noun for a trade.
pub(super) const ENDS: &str = "为生 为业 为职 谋生 糊口 来 吃饭 过日子 这门 这一行 这行 这个 这种 这项 这份 之 \
    多年 攒 挣 赚 至今 而 这碗 一职 之职 出身 已 当了 做了 干了 做到 当到 干到 养活 养家 \
    也 了 一直 以来 起家 度日 维生 过活";

/// Nouns that a trade stands before: 船夫的活.
pub(super) const HEADS: &str = "职业 行业 行当 营生 活计 活儿 活 差事 差使 差 饭碗 饭 手艺 工作 职务 职位 职 \
    身份 买卖 生意 本事 本领 薪水 工钱 工资 薪俸 俸禄 粮饷 出身 牌子 料 命 生计 衣钵 \
    班 位子 位置 缺 日子 钱 收入";

/// Nouns for what somebody lives by, whose value is told behind a copula.
pub(super) const NAMED: &str = "职业 本行 本职 行当 营生 生计 差事 差使 饭碗 手艺 职务 职位 工作 活计 活儿 行业 \
    正业 主业 副业 身份 头衔 生意 买卖 谋生 糊口 名片 招牌 职称 专业 为生 吃饭";

/// Words behind means: 靠打渔为生.
pub(super) const LIVES: &str = "为生 为业 为职业 为营生 营生 谋生 糊口 养活 养家 过活 维生 度日 过日子 讨生活 混饭 \
    混口饭 吃饭 换饭 挣饭 挣口饭 挣钱 赚钱 维持 换口饭 立身 安身 立足 起家 过来的 撑起 \
    的身份 闻名 自居 著称 出名";

/// Those of them that are said of other things too: 以吝啬闻名.
pub(super) const KNOWN: &str = "闻名 自居 著称 出名";

/// Words before means.
pub(super) const MEANS: &str = "依靠 全靠 靠着 凭着 仗着 指着 指望 全凭 仰仗 靠 凭 以 拿 用";

/// Endings of nouns for where one works on one's own account.
pub(super) const SHOPS: &str = "坊 铺 铺子 店 馆 摊 摊子 厂 行 庄 栈 窑 园 场 院 局 社 楼 药房 书斋 公司 \
    诊所 作坊 船 渡口 磨坊";

/// Words that deny and yet affirm, which are no reason to doubt what follows.
pub(super) const AFFIRMS: &str = "不过 不仅 不但 不只 不光 不单 谁不知道 谁不知 谁不晓得 没人不知 无人不知 没有人不 \
    谁人不知 不愧 情愿 宁愿 自愿 甘愿";

/// Verbs of doing before 的是.
pub(super) const DOES: &str = "做 干 当 学 吃 端 领 从事 靠 凭 卖 挣 操 任 忙 谋 会 教 过";

/// Verbs before a trade or work and a noun of [`HEADS`].
pub(super) const TAKES: &str = "干着 干 做着 做 吃着 吃 端着 端 从事 学会 学 操 会 靠着 靠 凭着 凭 入 进 找到 \
    找 谋 有 得 当 领 接过 接 继承 传 挣 任 是 选 在 献给 操持 投身";

/// What points at a trade as the one just named.
pub(super) const THIS_TRADE: &str = "这一行 这行 那一行 这碗饭 这口饭 这门手艺 这门生意 这门营生 这门行当 这个行当 这个职业 \
    这种职业 这个行业 这份差事 这份工作 这项手艺 这项工作 这种营生 这门 一行";

/// Words that only point.
pub(super) const POINTS: &str = "此 这 这个 它 那个 这些 这门手艺 这手艺 这点手艺 这份手艺";

/// Words for whom work is done, or by what means.
pub(super) const FOR_WHOM: &str = "给人家 替人家 帮人家 给别人 替别人 给人 替人 帮人 为人 专门 专 自己 一手 一身 一点 \
    几分 祖传 家传 来";

/// Words for what is done always.
pub(super) const ALWAYS: &str = "一辈子都在 一辈子在 一辈子 半辈子都在 世世代代 世代 几代都 几代人都 辈辈 祖祖辈辈 专门 \
    天天 每天都 每天 整天 成天 终日 平日里 平日 平时 常年 终年 长年 日复一日地 日日 \
    年年 改行 过去 早年 白天 一直 向来 从小 就会 靠";

/// Work that somebody does somewhere.
pub(super) const SOMEWHERE: &str = "当差 做工 上班 打工 帮工 坐堂 供职 任职 做事 工作 站柜台 抓药 跑堂 撑船 说书 摆渡 \
    教书 行医 任教 执教 服役 看门 打杂 掌勺 记账 管账";

/// Adverbs before work.
pub(super) const ADVERBS: &str = "一向 向来 一直 从来 常年 终年 自小 从小 多年 如今 现在 也 都 在 还 便 就 去 \
    还是 仍旧 仍 历来 专门 专 世代 平日 平时 以前 从前";

/// Words before a name that later clauses are about.
pub(super) const TOPICS: &str = "说到 说起 提起 提到 讲到 讲起 谈到 谈起 论起 至于 问起";

/// Verbs of which later clauses tell what was said or seen.
pub(super) const SPEAKS: &str = "告诉 说 讲 问 听 梦见 看见 写道 喊 叫道 以为 发现";

/// Places beside somebody.
pub(super) const BESIDE: &str = "旁边 对面 身边 身后 身旁 背后 前面 后面 门口 门前 隔壁 左边 右边 附近 楼下 楼上 \
    边上";

/// What is told of instead of somebody, besides what he lives by.
pub(super) const OWN: &str = "日子 铺子 店 一生 一辈子 本事 志业 家业 前半生 后半生 工";

/// The words of a list.
pub(super) fn each(list: &'static str) -> impl Iterator<Item = &'static str> + Clone {
    list.split_whitespace()
}

/// `text` without the longest word of a list that it opens with.
pub(super) fn strip_starts<'t>(text: &'t str, list: &'static str) -> Option<&'t str> {
    each(list).filter_map(|start| text.strip_prefix(start)).min_by_key(|rest| rest.len())
}

/// `text` without the longest word of a list that it ends with.
pub(super) fn strip_ends<'t>(text: &'t str, list: &'static str) -> Option<&'t str> {
    each(list).filter_map(|end| text.strip_suffix(end)).min_by_key(|rest| rest.len())
}

/// `text` without all words of a list that it opens with.
pub(super) fn without_starts<'t>(mut text: &'t str, list: &'static str) -> &'t str {
    while let Some(shorter) = strip_starts(text, list) {
        text = shorter;
    }
    text
}
