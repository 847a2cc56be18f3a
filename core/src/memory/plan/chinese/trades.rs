//! Chinese nouns for what people live by: by a list, and by the endings that most of them have.
//!
//! ```text
//! list       nouns that no ending tells: 跑堂, 账房, 参谋
//! endings    师 匠 员 … nearly always end a trade; 家 手 人 … end other nouns too
//! persons    nouns for people that are no trades, whatever they end with: 老人, 新娘, 高手
//! work       verbs with which work begins that has no noun for who does it: 磨剪刀, 弹棉花
//! ```
//! Everyday words, made for this program. No proper names.

use crate::memory::segment::words::is_ideograph;

/// How sure a sentence is that a trade stands where a noun was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Frame {
    /// It may say anything: 是….
    Bare,
    /// It speaks of what somebody is or does: 是一名…, 改行做….
    Likely,
    /// It says that it is a trade: 职业是…, 以…为业.
    Sure,
}

/// Nouns for trades.
pub(super) const NOUNS: &str = "木匠 铁匠 石匠 牧民 瓦匠 银匠 铜匠 鞋匠 篾匠 花匠 皮匠 医生 大夫 郎中 教师 老师 厨师 \
    厨子 律师 法官 渔夫 渔民 农夫 农民 樵夫 猎人 猎户 裁缝 画家 画师 记者 编辑 会计 经理人 船长 水手 船夫 车夫 马夫 轿夫 药剂师 \
    园丁 邮差 信差 信使 护士 司机 秘书 商人 掌柜 伙计 警察 士兵 将军 捕快 侦探 书记 书记员 抄书人 说书人 作家 诗人 歌手 演员 \
    乐师 琴师 账房 账房先生 教书先生 算命先生 接生婆 产婆 牧人 牧羊人 工程师 建筑师 理发师 钟表匠 钟表师 面包师 \
    摄影师 翻译 导游 店员 保姆 仆人 侍卫 守林人 守夜人 磨坊主 屠夫 酿酒师 织布工 矿工 印刷工 泥水匠 箍桶匠 修鞋匠 修表匠 \
    泥瓦匠 漆匠 锡匠 金匠 首饰匠 弓匠 染匠 陶匠 竹匠 帽匠 伞匠 陶工 织工 绣娘 雕刻师 排字工 调琴师 制琴师 剃头匠 补锅匠 烧炭工 \
    伐木工 采药人 茶农 果农 菜农 花农 蚕农 养蜂人 摆渡人 打更人 更夫 挑夫 脚夫 纤夫 船工 舵手 领航员 守塔人 敲钟人 送信人 衙役 捕头 \
    师爷 讼师 状师 店主 小贩 货郎 牙医 兽医 稳婆 道士 和尚 尼姑 牧师 神父 学徒 塾师 家庭教师 档案员 测量员 绘图员 天文学家 飞行员 消防员 \
    驯兽师 配音员 舞者 学生 大学生 乐手 指挥 雕塑家 设计师 程序员 科学家 化学家 工人 服务员 售货员 推销员 经纪人 银行家 跑堂 跑堂的 掌柜的 \
    账房 师傅 大师傅 把式 车把式 船老大 艄公 艄翁 渔翁 渔婆 渔家女 看守 门房 听差 长工 短工 帮工 零工 佣人 奶妈 奶娘 乳母 老妈子 丫鬟 \
    丫头 书童 牧童 琴童 仵作 庖丁 酒保 厨娘 蚕娘 船娘 舞娘 老板 老板娘 店家 货栈主 窑主 船主 矿主 厂主 农场主 牧场主 \
    花旦 武生 老生 小生 武旦 老旦 青衣 丑角 旦角 名角 戏子 优伶 歌女 舞女 歌伎 乐伎 歌星 影星 杂耍艺人 模特 主播 教头 拳师 武师 镖头 镖客 保镖 \
    侠客 刺客 刀客 剑客 掮客 行商 坐贾 商贾 牙人 牙婆 媒人 媒婆 神婆 巫婆 巫师 庙祝 喇嘛 修女 修士 主教 教士 传教士 阿訇 住持 方丈 道姑 居士 \
    僧人 隐士 术士 方士 相士 卜者 堪舆家 阴阳先生 领事 公使 大使 参赞 参谋 幕僚 幕友 主簿 县令 县丞 县尉 知县 知府 太守 刺史 御史 巡抚 总督 尚书 侍郎 \
    通判 典史 典吏 巡检 驿丞 文书 录事 书办 书吏 刀笔吏 通事 通译 译员 教授 讲师 助教 教练 校长 院长 馆长 所长 局长 厂长 队长 站长 镇长 村长 里长 保长 甲长 族长 \
    乡长 县长 市长 省长 部长 司令 司务长 军需 传令兵 副官 少校 上校 中尉 上尉 元帅 将领 军人 大副 二副 水兵 海盗 强盗 土匪 小偷 扒手 乞丐 叫花子 \
    作者 学者 译者 编者 笔者 记者 导演 编剧 制片人 主持人 美工 出纳 客服 文员 前台 领班 工头 包工头 监工 管家 管事 管账 管账先生 总管 账房 襄理 经理 总经理 \
    董事 主管 主任 主编 主笔 总编 助理 助手 副手 干事 委员 议员 代表 检察官 外交官 巡捕 巡警 狱警 法警 保安 门卫 门丁 庭丁 家丁 壮丁 护院 打手 探子 \
    密探 间谍 特工 卧底 线人 司炉 司机 司仪 司库 司账 看护 护工 月嫂 育婴嫂 保育员 大厨 主厨 帮厨 白案 红案 点心师傅 剃头师傅 剃头的 郎中 大夫 游医 御医 太医 军医 法医 校医 \
    中医 西医 老中医 药师 药剂员 接骨匠 吹鼓手 鼓手 号手 琴手 吉他手 弓箭手 射手 枪手 炮手 骑手 猎手 水手 船手 推手 枪炮手 写手 画手 歌手 棋手 拳击手 选手 \
    史官 史家 词人 文人 画工 画匠 刻工 刻匠 刻字匠 裱匠 裱糊匠 油匠 漆工 瓦工 泥工 电工 焊工 钳工 车工 铣工 铸工 锻工 绳匠 磨工 磨刀匠 磨镜人 补鞋匠 \
    猎户 渔户 农户 佃户 佃农 屠户 灶户 织户 窑户 匠户 盐户 茶户 花户 桑户 蚕户 牧户 船户 军户 铺户";

/// Endings of nouns that nearly always are trades.
const ENDINGS: &str = "师 匠 员 工 先生 艺人 商 夫 倌 农 医 吏 贩 卒 役 兵 警 佣 仆 翁 娘 婆 官 尉 丁 长 师傅 贩子 牙子 郎中 大夫 把式 掌柜 教头 裁缝 \
    学家 专家 作家 画家 史家 藏家 经理 秘书 会计 教练 编辑 看守 保姆 女工 民工 伙计 司机 店主 坊主 船主 窑主";

/// Endings of nouns that may be trades, and may be something else.
const LOOSE_ENDINGS: &str =
    "家 手 人 士 客 主 徒 差 童 女 使 头 保 者 侍 户 郎 汉 民 贾 优 旦 生 史 守 司";

/// Nouns for people, and others with such endings, that are no trades.
const PERSONS: &str = "好手 高手 能手 老手 新手 对手 帮手 双手 两手 一手 左手 右手 拿手 人手 亲手 随手 失手 凶手 \
    人家 大家 一家 老家 自家 全家 回家 国家 行家 名家 冤家 亲家 世家 赢家 输家 独家 当家 在家 丈夫 姐夫 妹夫 功夫 工夫 懦夫 匹夫 成员 \
    会员 人员 党员 团员 队员 组员 学员 一员 手工 分工 完工 罢工 施工 开工 加工 中年人 老年人 年轻人 青年人 成年人 老人 好人 坏人 男人 女人 大人 小人 \
    本人 别人 旁人 外人 路人 行人 客人 主人 恩人 仇人 敌人 亲人 家人 情人 爱人 恋人 病人 盲人 瞎子 聋子 哑巴 老实人 明白人 聪明人 有钱人 穷人 富人 名人 \
    伟人 巨人 怪人 狂人 苦命人 外乡人 本地人 当地人 外地人 同乡人 乡下人 城里人 过路人 陌生人 孤儿 女儿 伴娘 器官 五官 感官 布丁 补丁 生长 增长 擅长 漫长 细长 延长 光棍 事 梦 牛马 行家 儿童 孩童 神童 顽童 新娘 姑娘 大娘 老娘 婆娘 厨娘子 外婆 \
    老婆 公婆 婆婆 好汉 老汉 醉汉 大汉 壮汉 单身汉 光棍汉 流浪汉 男子汉 懒汉 硬汉 新郎 情郎 牛郎 赌徒 酒徒 信徒 教徒 歹徒 叛徒 匪徒 囚徒 孙女 少女 妇女 \
    美女 才女 侄女 养女 独女 长女 男女 子女 幼女 处女 修长 家长 学长 兄长 成长 特长 身长 老人家 患者 老者 长者 弱者 强者 死者 伤者 读者 旅者 拥有者 爱好者 \
    绅士 男士 女士 人士 勇士 烈士 壮士 志士 硕士 博士 学士 近视 旅客 顾客 房客 过客 食客 乘客 稀客 访客 贵客 常客 失主 公主 事主 买主 雇主 君主 债主 户主 施主 救世主 \
    石头 木头 心头 念头 老头 丫头片子 镜头 街头 码头 寡妇 天使 担保 居民 市民 村民 难民 灾民 移民 平民 公民 选民 考生 新生 男生 女生 一生 畜生 书生 后生 先父 \
    儒生 陌生 门生 师生 高徒 尖子 大户 住户 用户 富户 穷户 客户 门户 暴发户 母亲 父亲 妻子 丈夫 朋友 邻居 好友 同乡 同学 同伴 伙伴 亲戚 病号 孩子 儿子 \
    孙子 长子 次子 独子 侄子 胖子 瘦子 矮子 高个子 大个子 跛子 急性子 慢性子 直性子 性子 傻子 疯子 骗子 浪子 才子 君子 汉子 老头子 老太太 老太婆 天才 傻瓜 \
    笨蛋 混蛋 英雄 美人 贤人 圣人 善人 恶人 懒人 忙人 熟人 证人 犯人 共犯 凶犯 罪犯 嫌疑犯 囚犯 逃犯 嫌犯 罪人 凡人 常人 众人 同龄人 过来人 中间人 负责人 当事人 继承人 接班人 \
    创始人 发言人 代理人 介绍人 证婚人 未亡人 左撇子 大嗓门 酒鬼 烟鬼 赌鬼 胆小鬼 小气鬼 倔老头 话匣子 幸存者 目击者 受害者 见证者 见证人 听众 观众 \
    路障 大王 冠军 第一 外号 绰号";

/// Characters that no noun for a trade has, but phrases around one have.
pub(super) const NEVER: &str = "不没在了着过是很也都就和与跟把被让给从到往这那哪什么谁吗呢吧的得之以其他她它我你且而却去请叫找来回快，。";

/// Verbs with which work begins that somebody lives by.
const WORK: &str = "打磨补弹养摆修卖放种采挖晒织编箍烧酿榨做蒸捏吹刻裱糊扎剃抬扛撑赶贩收倒代算行接抓唱说耍变走守画写抄缝绣染纺喂捕伐凿铸配制造印装雕盖砌刷挑送拉教看\
    钓捞猎牧割锯镶刨刺焙炒腌熬炼淘掏担驮驯运搬载熨洗浆补租当裁剪酱熏磨碾轧榨晾制烙炸煮翻译验殓埋扫跑训";

/// What opens with such a verb and is done by anybody.
const ANYBODYS: &str = "打扫 扫地 扫墓 扫兴 打牌 打架 打球 打扮 打扰 打听 打量 打拳 打呼 打瞌 打坐 打麻 打太极 打开 打水 打发 打算 打招呼 打喷 打交道 打仗 打赌 打断 打动 \
    看书 看戏 看报 看花 看海 看天 看孩 看电 看病 看见 看起 看上 看重 看望 看来 看中 看出 写信 写日 写作业 唱歌 种花 养花 养活 养家 养病 养老 养成 做梦 做饭 做菜 做家务 做事 做人 做客 \
    做主 做声 做作 做礼 做伴 做好 做错 洗衣 洗澡 洗脸 洗手 走路 走动 走神 走亲 走来 走去 走进 走出 走过 走街 说话 说笑 说谎 说梦 说是 说起 说明 说服 说出 挑食 挑剔 挑选 吹牛 吹风 送饭 送礼 送客 送行 送别 送给 \
    行走 行善 行事 行李 行人 行家 代替 代表 制止 变老 变成 变化 收拾 收藏 收到 收养 收留 收入 接送 接客 接着 接受 接近 接待 倒霉 倒是 倒水 放学 放假 放风 放心 放弃 放下 放声 采花 钓鱼 担心 担忧 担任 担保 训斥 训话 训练 教训 教孩 教养 \
    抄近 耍赖 耍脾 算账 算计 算是 画画 拉家常 拉手 拉住 拉开 搬家 搬走 租房 印象 配合 造谣 造反 造成 修行 修身 编故 编瞎 补课 补充 当时 当真 当心 当面 当作 当成 当初 当中 当然 当场 当地 当年 当天 制定 运气 运动 担子 \
    抓住 抓紧 喂孩 守夜 守着 守护 守信 守寡 守孝 守规 守在 守口 守望 抬头 抬手 抬眼 撑伞 撑腰 撑着 赶路 赶集 赶快 赶紧 赶走 赶到 磨蹭 磨牙 磨练 摆手 摆弄 摆动 摆脱 弹琴 刻苦 刻薄 印证 刷牙 挑战 种下 钓 跑步 跑去 跑来 跑到 跑出 跑进 跑掉 翻身 翻脸 翻看 租住 \
    熬夜 煮饭 煮茶 煮粥 缝补 裁决 做的 放的 画的 写的 唱的 演的";

/// Characters of a noun for a trade, at least and at most.
const LENGTH: std::ops::RangeInclusive<usize> = 2..=7;

fn among(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|member| member == word)
}

/// Whether `noun` is what somebody may live by, where a sentence speaks of it as `frame` says.
pub(super) fn is_trade(noun: &str, frame: Frame) -> bool {
    let n = noun.chars().count();
    // 老渔夫, 小裁缝.
    let bare = noun.strip_prefix(['老', '小']).filter(|bare| bare.chars().count() > 1);
    let listed = |noun: &str| among(NOUNS, noun);
    if listed(noun) || bare.is_some_and(listed) {
        return true;
    }
    if !LENGTH.contains(&n)
        || !noun.chars().all(|c| is_ideograph(c) && !NEVER.contains(c))
        || noun
            .starts_with(['一', '两', '二', '三', '四', '五', '十', '几', '某', '有', '无', '好'])
    {
        return false;
    }
    if is_person(noun) {
        return false;
    }
    let ends = |list: &str| list.split_whitespace().any(|ending| noun.ends_with(ending));
    let closed = ends(NOUNS) && n <= 6;
    match frame {
        Frame::Sure => true,
        Frame::Likely => closed || ends(ENDINGS) || ends(LOOSE_ENDINGS),
        Frame::Bare => closed || ends(ENDINGS) || n > 2 && ends(LOOSE_ENDINGS) && is_work(noun),
    }
}

/// Whether a phrase ends with a noun for people that is no trade.
pub(super) fn is_person(phrase: &str) -> bool {
    PERSONS.split_whitespace().any(|person| phrase.ends_with(person))
}

/// Whether a phrase opens with a verb of work: 磨剪刀, 采药人.
pub(super) fn is_work(phrase: &str) -> bool {
    if ANYBODYS.split_whitespace().any(|deed| phrase.starts_with(deed)) {
        return false;
    }
    let mut chars = phrase.chars();
    let verb = chars.next().is_some_and(|verb| WORK.contains(verb));
    verb && chars.next().is_some_and(|object| is_ideograph(object) && !NEVER.contains(object))
}

/// The longest noun for a trade that `text` ends with and that opens where a word does.
pub(super) fn last(text: &str) -> Option<&str> {
    let starts = text.char_indices().rev().take(*LENGTH.end()).map(|(at, _)| at);
    let nouns = starts.filter(|at| {
        let before = text[..*at].chars().next_back();
        let opens = before.is_none_or(|c| !is_ideograph(c) || "的老位个名这那他她".contains(c));
        let noun = &text[*at..];
        if opens { is_trade(noun, Frame::Bare) } else { among(NOUNS, noun) }
    });
    nouns.last().map(|at| &text[at..])
}

/// The noun for a trade that `text` opens with, the longest.
pub(super) fn first(text: &str) -> Option<&str> {
    let run = text.find(|c| !is_ideograph(c)).unwrap_or(text.len());
    let ends = text[..run].char_indices().map(|(at, c)| at + c.len_utf8());
    ends.take(*LENGTH.end())
        .filter(|end| is_trade(&text[..*end], Frame::Bare))
        .last()
        .map(|end| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_for_trades_are_told_from_other_people() {
        for noun in ["修表匠", "采药人", "跑堂", "老渔夫", "羊倌", "译电员"] {
            assert!(is_trade(noun, Frame::Bare), "{noun}");
        }
        for noun in ["老实人", "新娘", "二胡好手", "时不在家", "母亲", "一碗面"] {
            assert!(!is_trade(noun, Frame::Likely), "{noun}");
        }
        assert!(is_trade("走镖", Frame::Sure) && !is_trade("走镖", Frame::Likely));
        assert!(is_work("磨剪刀") && !is_work("弹了"));
        assert_eq!(last("村里的老渔夫"), Some("老渔夫"));
        assert_eq!(first("木匠这一行"), Some("木匠"));
    }
}
