//! Chinese surnames, by which a stretch of text may be the full name of somebody.

use crate::memory::segment::words::is_ideograph;

/// Common Chinese surnames that are seldom anything else before a noun, and those of two characters.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧肖田董袁潘蔡蒋余杜叶程魏苏吕丁任沈姚卢姜崔\
    钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛\
    邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕季裴霍涂苗谷盛曲翁冉骆蓝路游\
    辛靳管柴蒙鲍华喻祁蒲房滕屈饶牟艾尤阳穆司卓古吉缪简车项芦麦褚娄窦戚岑景宫卜晏席卫米柏宗瞿桂佟臧闵苟邬边卞姬师\
    仇栾隋刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝匡鞠惠荆乐冀郁胥南储栗燕楚鄢劳谌奚粟冼蔺楼盘闻厉伊于谈";
const LONG_SURNAMES: &str = "欧阳 司马 诸葛 上官 司徒 东方 独孤 南宫 夏侯 尉迟 公孙 慕容 令狐 皇甫 长孙 宇文 端木 百里 呼延";

/// Nouns that open with one of them.
const NOUNS: &str = "乐队 乐团 乐曲 乐手 乐师 乐器 乐谱 高手 方面 方法 方式 白天 金钱 石头 马路 马车 车站 车上 车里 江边 江上 水边 谷底 花园 \
    林子 林中 林间 林边 田里 田间 田边 山上 温泉 毛病 夏天 秋天 冬天 冷天 房子 房里 房间 路上 路边 路口 关于 白色 黄色 蓝色 史书 常常 文中 文里 \
    文章 万一 时候 时间 管乐 安静 和尚 盛大 成天 全部 单独 宣布 和平 高兴 高山 牛羊 叶子 雷雨 雪山 金属 柳树 梅花 花草";

/// The stretch that `text` opens with if it may be the full name of somebody, the longer first.
pub(super) fn full_names(text: &str) -> impl Iterator<Item = String> {
    let noun = NOUNS.split_whitespace().any(|noun| text.starts_with(noun));
    let chars: Vec<char> = text.chars().take_while(|c| is_ideograph(*c)).take(4).collect();
    let long = LONG_SURNAMES.split(' ').any(|surname| text.starts_with(surname));
    let short = chars.first().is_some_and(|first| SURNAMES.contains(*first));
    let surname = if long { 2 } else { usize::from(short) };
    [2, 1].into_iter().filter_map(move |given| {
        (surname > 0 && !noun)
            .then(|| chars.get(..surname + given))?
            .map(|name| name.iter().collect())
    })
}
