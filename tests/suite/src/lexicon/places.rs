//! Places and things.

use crate::split::Sides;

/// Rooms and grounds, with their article left out.
#[rustfmt::skip]
pub const ROOMS: Sides<&str> = Sides {
    seen: &[
        "boathouse", "orangery", "buttery", "map room", "gatehouse", "cider cellar",
        "bell tower", "laundry", "observatory", "weaving shed", "armoury", "apiary",
        "music room", "smokehouse", "tannery", "cloister", "print shop", "dovecote",
        "conservatory", "tack room", "ice house", "chapel", "engine room", "granary",
        "mill loft", "pump room", "rope walk", "counting house", "bakehouse", "harness room",
        "billiard room", "coal shed", "hayloft", "still room", "potting shed", "schoolroom",
        "guard room", "wine vault", "brewhouse", "toll house", "fish store",
    ],
    held_out: &[
        "linen room", "gun room", "pigeon loft", "fishing hut", "carriage house", "vestry",
        "herb garden", "glass house", "card room", "maltings", "salt store", "lamp room",
        "turnery", "sail loft", "winter garden", "powder house", "sewing room", "barrel store",
    ],
};

/// Towns that nobody has been to.
#[rustfmt::skip]
pub const TOWNS: Sides<&str> = Sides {
    seen: &[
        "Marrowby", "Tolvane", "Eskerdale", "Quillhaven", "Brackwater", "Ostermere",
        "Halvenport", "Dunmarsh", "Pellucay", "Vintersund", "Carrowmeath", "Lanterwick",
        "Stavenholm", "Ulverfen", "Yarrowgate", "Zelmira", "Farthingale", "Norrvik",
        "Kestrelby", "Amberfell", "Gravenlock", "Thistlecombe", "Roskeld", "Wexmoor",
        "Aldersquay", "Brennick", "Culverstow", "Dorrenby", "Elverton", "Fennimore",
        "Gillingstead", "Harrowmere", "Inverleck", "Jessamy", "Kirrinholm", "Lodestow",
    ],
    held_out: &[
        "Marlecombe", "Tarnhollow", "Oxenby", "Silversund", "Wychmere", "Pennerley",
        "Hollowick", "Garsdale", "Brandiford", "Kelmscar", "Lowenstow", "Ambrefield",
        "Nethercroft", "Rushmarden", "Vallorby", "Stennick",
    ],
};

/// Things that can be carried.
#[rustfmt::skip]
pub const OBJECTS: Sides<&str> = Sides {
    seen: &[
        "brass sextant", "velvet purse", "tin whistle", "silver thimble", "oak casket",
        "glass prism", "copper kettle", "ivory comb", "leather satchel", "pewter tankard",
        "jade figurine", "walnut flute", "lacquered fan", "bone-handled razor",
        "enamel brooch", "porcelain jug", "iron trivet", "amber pendant", "silver compass",
        "ebony cane", "horn spoon", "marble bust", "bronze medal", "crystal decanter",
        "cedar box", "steel tongs", "onyx ring",
    ],
    held_out: &[
        "silk parasol", "gilt mirror", "clay pipe", "slate tablet", "wicker basket",
        "pearl necklace", "bamboo rod", "wax candle", "granite pestle", "tin lantern",
        "satin ribbon", "birch broom",
    ],
};
