//! Words of Chinese papers and of questions about them, by lists, since nothing marks where words end: those of one
//! meaning, those that only ask, and those with which a line says what kind of thing it tells.

/// Words of one meaning in papers.
pub const GROUPS: &[&str] = &[
    "狗 犬 宠物 猫狗",
    "猫 宠物 猫狗",
    "房租 租金",
    "房子 房屋 住房 公寓",
    "租约 租期 合同 租赁期限 租赁期",
    "到期 期满 届满 止",
    "晚交 逾期 迟交 拖欠 欠款",
    "不还 逾期 超期",
    "吸烟 抽烟 烟",
    "养 饲养",
    "丢 丢失 遗失",
    "赔 赔偿 违约金",
    "坏 损坏 故障",
    "修 维修 修理 检修 负责",
    "没有出席 没出席 没来 缺席 请假",
    "没有参加 没参加 缺席 请假",
    "参加 出席",
    "主持 主持人",
    "记录 记录人",
    "剩 剩下 余额 结余 剩余",
    "花费 支出",
    "反对 不同意",
    "捐 捐赠",
    "开门 开放 开馆 开始营业 营业时间 开放时间",
    "关门 闭馆 关闭 停止营业 营业时间 开放时间",
    "结束 止 截止",
    "收费 收取 费用 元",
    "坐车 乘车 公交车 车程",
    "坐 乘",
    "进 入",
    "退还 退回 返还",
    "电话 热线",
    "补办 补领",
    "上涨 涨价 涨 调整 递增 上调",
    "用来 用于 用作 用途",
    "推迟 延期 改期",
    "工资 薪资 月薪 薪酬 底薪",
    "年假 休假",
    "保修 质保",
    "重量 净重 重",
    "续租 续签",
    "退货 退换",
    "有效期 有效",
    "负责 承担",
    "承担 负责 支付",
    "医生 大夫 医师",
    "快递 送货 配送",
    "手机 电话",
    "面积 大",
    "参会 出席 参加",
    "押金 保证金 定金",
    "放假 停业 休息 休馆",
    "退租 解除合同 终止合同",
    "签的 签订 签署 签约",
    "要放 配备 设置 放置",
    "违约金 赔偿金",
    "取消 停止 不再",
    "通知 告知",
    "转租 分租",
    "洗手间 厕所 卫生间",
    "小孩 儿童 孩子",
    "老人 长者 老年人",
    "自行车 单车",
    "最多 不超过 上限",
    "上班 工作时间",
    "网络 宽带 WiFi",
];
/// Words that only ask, and others that a line need not say.
pub const ASKING: &str = "是因为什么 有什么后果 怎么收费 提前多久 提前多长时间 做什么 多长时间 什么时候 什么地方 什么时间 什么名字 什么原因 有多少 多少钱 能不能 可不可以 是不是 有没有 \
    要不要 哪一天 哪一年 哪一个 星期几 为什么 怎么办 怎么样 几个小时 几个月 什么人 哪个人 多少 什么 怎么 怎样 如何 哪里 哪儿 哪个 哪些 哪位 \
    何时 何地 何处 为何 是否 多久 多长 多大 多高 多重 多宽 多深 多远 几点 几号 几月 周几 哪天 哪年 可以 需要 应该 能否 可否 允许 请问 \
    如果 的话 一次 一共 总共 大概 大约 究竟 到底 已经 必须 后果 规定 情况 名字 收费多少 坏了 至少 最低 不能 不可以 哪家 现在 目前 进行 办理 安排 \
    我们 你们 他们 这个 那个 时间 日期 地点 召开 举行 举办 开会";
/// Small words, which a line need not say either.
pub const SMALL: &str = "的 了 吗 呢 吧 啊 是 在 和 与 及 或 被 把 从 由 对 谁 我 你 他 她 它 这 那 哪 几 向 给 就 也 都 而 于 会 叫";
/// What a stretch neither begins nor ends with.
pub const EDGES: &str =
    "要需应能可以请还已里内上当为后时个一每收付交做办用到有得想去来说过着我天多共最再后";
/// What it does not end with: 花 is spent behind what it is spent on, and a flower before its garden.
pub const ENDS: char = '花';
/// Nouns for sums.
pub const OF_MONEY: [&str; 24] = [
    "价",
    "费",
    "租金",
    "押金",
    "报价",
    "工资",
    "薪",
    "金额",
    "余额",
    "罚款",
    "定金",
    "房租",
    "成本",
    "预算",
    "奖金",
    "补贴",
    "补助",
    "违约金",
    "滞纳金",
    "门票",
    "票",
    "支出",
    "收入",
    "奖学金",
];
/// Words between a sum and 多少.
pub const OF_SUMS: [&str; 13] =
    ["是", "要", "有", "为", "收", "了", "共", "现在", "目前", "至少", "最低", "最多", "每月"];
/// Verbs behind which 多少 asks for a share.
pub const RISING: [&str; 8] = ["涨", "上调", "递增", "增加", "增长", "降", "下调", "打折"];
/// Adjectives behind which a number with a unit is asked for.
pub const HOW_MUCH: [&str; 8] = ["多大", "多高", "多重", "多长", "多宽", "多深", "多远", "多厚"];
/// What is told by a number with a unit.
pub const MEASURED: [&str; 9] =
    ["高", "高度", "长度", "宽度", "深度", "重量", "面积", "容量", "温度"];
/// What a noun of three characters and more may be said without.
pub const SUFFIXES: &str = "号店处部数额";
/// Words of a line that says something is otherwise than before.
pub const CHANGES: [&str; 9] =
    ["改为", "改成", "调整为", "更正", "应为", "变更为", "推迟", "延长", "提高到"];
/// Nouns with which a paper says what became otherwise.
pub const AMENDMENTS: [&str; 7] = ["补充", "更正", "修订", "变更", "更新", "勘误", "修改"];
/// Words that say where something is.
pub const PLACED: [&str; 3] = ["位于", "坐落", "地址"];
/// Names of fields that say when, where and how much.
pub const DATE_FIELDS: &str = "时间 日期";
pub const PLACE_FIELDS: &str = "地点 地址";
pub const MONEY_FIELDS: &str = "价格 费用";
