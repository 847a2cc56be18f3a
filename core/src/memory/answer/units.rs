//! Units: what a number beside them measures.
//!
//! ```text
//! word      "pounds", "kilogram", "minutes"      folded
//! sign      "kg", "dB", "kWh"                    as it is written
//! counter   元, 个月, 平方米, 名                   Chinese, straight behind the number
//! ```
//! "Second" is not among them: it mostly says which of several.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use Measure::{Area, Count, Level, Money, Power, Share, Space, Time, Volume, Weight};

/// What a unit measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Sums in a currency.
    Money,
    /// Lengths of time.
    Time,
    /// Length, height, width and distance.
    Space,
    /// Areas.
    Area,
    /// Capacities.
    Volume,
    /// Weights.
    Weight,
    /// Electrical values and sizes of memory.
    Power,
    /// Temperature, loudness, speed.
    Level,
    /// Parts of a hundred.
    Share,
    /// People and things.
    Count,
}

const WORDS: &[(Measure, &str)] = &[
    (
        Money,
        "pound pounds guinea guineas shilling shillings franc francs dollar dollars euro euros pence penny crown \
         crowns sovereign sovereigns cent cents rupee rupees yen yuan",
    ),
    (
        Time,
        "seconds minute minutes hour hours day days week weeks fortnight month months year years",
    ),
    (
        Space,
        "metre metres meter meters kilometre kilometres kilometer kilometers centimetre centimetres centimeter \
         centimeters millimetre millimetres millimeter millimeters mile miles foot feet inch inches yard yards \
         league leagues fathom fathoms",
    ),
    (Area, "acre acres hectare hectares"),
    (
        Volume,
        "litre litres liter liters millilitre millilitres pint pints gallon gallons cup cups teaspoon teaspoons \
         tablespoon tablespoons",
    ),
    (
        Weight,
        "gram grams gramme grammes kilogram kilograms kilo kilos ton tons tonne tonnes ounce ounces",
    ),
    (Power, "watt watts kilowatt kilowatts volt volts ampere amperes amps"),
    (Level, "degree degrees decibel decibels knots"),
    (Share, "percent"),
    (Count, "men women people children person persons head"),
];
const SIGNS: &[(Measure, &str)] = &[
    (Time, "min h"),
    (Space, "m km cm mm ft"),
    (Volume, "l ml"),
    (Weight, "kg g mg lb lbs oz"),
    (Power, "W kW kWh V A Hz GB MB"),
    (Level, "dB bar mph rpm C"),
];
const COUNTERS: &[(Measure, &str)] = &[
    (Money, "万元 亿元 元 块 角 毛 分钱 美元 欧元 英镑 日元 港币"),
    (Time, "个工作日 个月 个星期 个小时 个钟头 小时 分钟 秒 周 天 日 年 星期 工作日 晚"),
    (Space, "公里 千米 厘米 毫米 米 里"),
    (Area, "平方米 平米 亩 公顷"),
    (Volume, "毫升 升"),
    (Weight, "公斤 千克 克 斤 吨"),
    (Power, "瓦 千瓦 度电 伏 毫安"),
    (Level, "摄氏度 度 分贝"),
    (Share, "折 成"),
    (
        Count,
        "个 名 位 人 户 册 本 辆 台 套 件 张 份 种 间 次 条 家 所 株 棵 只 头 项 路 层 岁 把 盏 块 瓶 双 枚 页 排 楼 号 届 票 具",
    ),
];

/// What each word and each sign measures, as every word of many sentences is looked up.
static OF_WORDS: LazyLock<FxHashMap<&str, Measure>> = LazyLock::new(|| by_unit(WORDS));
static OF_SIGNS: LazyLock<FxHashMap<&str, Measure>> = LazyLock::new(|| by_unit(SIGNS));

fn by_unit(lists: &[(Measure, &'static str)]) -> FxHashMap<&'static str, Measure> {
    let units = |(measure, list): &(Measure, &'static str)| {
        let measure = *measure;
        list.split_whitespace().map(move |unit| (unit, measure))
    };
    lists.iter().flat_map(units).collect()
}

/// What a folded word measures.
pub fn of_word(folded: &str) -> Option<Measure> {
    OF_WORDS.get(folded).copied()
}

/// What a word measures by its sign, as it is written, or else by its word.
pub fn of_written(written: &str, folded: &str) -> Option<Measure> {
    OF_SIGNS.get(written).copied().or_else(|| of_word(folded))
}

/// The longest counter with which a Chinese text opens: what it measures, and its bytes.
pub fn counter(text: &str) -> Option<(Measure, usize)> {
    let opening = COUNTERS.iter().flat_map(|(measure, list)| {
        list.split(' ').filter(|own| text.starts_with(own)).map(|own| (*measure, own.len()))
    });
    // "块" is money before it is a piece.
    opening.rev().max_by_key(|(_, length)| *length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_unit_measures_two_things() {
        for (lists, found) in [(WORDS, &*OF_WORDS), (SIGNS, &*OF_SIGNS)] {
            let listed: usize = lists.iter().map(|(_, list)| list.split_whitespace().count()).sum();
            assert_eq!(found.len(), listed);
        }
    }

    #[test]
    fn words_signs_and_counters_measure() {
        assert_eq!(of_word("pounds"), Some(Money));
        assert_eq!(of_word("second"), None);
        assert_eq!(of_written("dB", "db"), Some(Level));
        assert_eq!(of_written("a", "a"), None);
        assert_eq!(of_written("Weeks", "weeks"), Some(Time));
        assert_eq!(counter("个月内"), Some((Time, "个月".len())));
        assert_eq!(counter("块钱"), Some((Money, "块".len())));
        assert_eq!(counter("青石"), None);
    }
}
