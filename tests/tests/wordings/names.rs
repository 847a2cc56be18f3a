//! The people, keys and numbers of the statements: the lists have lengths without a common factor, so that no name comes
//! twice.

pub const GIVEN: &[&str] = &[
    "Adele", "Bruno", "Clara", "Dorian", "Edith", "Felix", "Greta", "Hugo", "Ilse", "Jasper",
    "Klara", "Leopold", "Martha", "Nils", "Olga", "Piers", "Ruth", "Stefan", "Thea", "Viktor",
];
const FAMILY: &[&str] = &[
    "Brandt", "Corliss", "Dressler", "Ekman", "Fenwick", "Garland", "Haller", "Ingram", "Kessler",
    "Lindgren", "Marlow",
];
const FIRST: &[&str] =
    &["amber", "bitter", "copper", "dusty", "earthy", "frozen", "gentle", "hollow", "ivory"];
const SECOND: &[&str] = &["kettle", "lantern", "mitten", "needle", "orchid", "pulley", "quiver"];
pub const KINDS: &[&str] = &["gate number", "stable number", "pantry code", "rental price"];
const CHINESE_FAMILY: &[&str] = &["赵", "钱", "孙", "周", "吴", "郑", "冯", "陈"];
const CHINESE_GIVEN: &[&str] = &["文博", "雨桐", "子轩", "晓梅", "建国", "思远", "慧敏"];
const CHINESE_FIRST: &[&str] = &["琥珀", "青铜", "象牙", "冰雪", "红木", "玛瑙", "竹编"];
const CHINESE_SECOND: &[&str] = &["水壶", "灯笼", "手套", "兰花", "滑轮", "香囊", "砚台", "木屐"];
pub const CHINESE_KINDS: &[&str] = &["门牌号", "柜号", "取票码"];

pub fn person(at: usize) -> String {
    format!("{} {}", GIVEN[at % GIVEN.len()], FAMILY[at % FAMILY.len()])
}

pub fn key(at: usize) -> String {
    format!("{}-{}", FIRST[at % FIRST.len()], SECOND[at % SECOND.len()])
}

pub fn chinese_person(at: usize) -> String {
    let family = CHINESE_FAMILY[at % CHINESE_FAMILY.len()];
    format!("{family}{}", CHINESE_GIVEN[at % CHINESE_GIVEN.len()])
}

/// Every other one ends with a number.
pub fn chinese_key(at: usize) -> String {
    let second = CHINESE_SECOND[at % CHINESE_SECOND.len()];
    let number = if at % 2 == 1 { format!("{}号", 120 + 7 * at) } else { String::new() };
    format!("{}{second}{number}", CHINESE_FIRST[at % CHINESE_FIRST.len()])
}

pub fn number(at: usize) -> String {
    (48_213 + 7_919 * at).to_string()
}
