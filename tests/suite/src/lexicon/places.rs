//! Places and things.

/// Rooms and grounds, with their article left out.
#[rustfmt::skip]
pub const ROOMS: &[&str] = &[
    "boathouse", "orangery", "buttery", "map room", "gatehouse", "cider cellar", "bell tower",
    "laundry", "observatory", "weaving shed", "armoury", "apiary", "music room", "smokehouse",
    "tannery", "cloister", "print shop", "dovecote", "conservatory", "tack room", "ice house",
    "chapel", "engine room", "granary", "mill loft", "pump room", "rope walk",
];

/// Towns that nobody has been to.
#[rustfmt::skip]
pub const TOWNS: &[&str] = &[
    "Marrowby", "Tolvane", "Eskerdale", "Quillhaven", "Brackwater", "Ostermere", "Halvenport",
    "Dunmarsh", "Pellucay", "Vintersund", "Carrowmeath", "Lanterwick", "Stavenholm", "Ulverfen",
    "Yarrowgate", "Zelmira", "Farthingale", "Norrvik", "Kestrelby", "Amberfell", "Gravenlock",
    "Thistlecombe", "Roskeld", "Wexmoor",
];

/// Things that can be carried.
#[rustfmt::skip]
pub const OBJECTS: &[&str] = &[
    "brass sextant", "velvet purse", "tin whistle", "silver thimble", "oak casket", "glass prism",
    "copper kettle", "ivory comb", "leather satchel", "pewter tankard", "jade figurine",
    "walnut flute", "lacquered fan", "bone-handled razor", "enamel brooch", "porcelain jug",
    "iron trivet", "amber pendant",
];
