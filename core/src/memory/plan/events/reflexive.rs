//! Verbs whose object is their subject: "took himself off to the barn", "armed herself with the lamp".

use super::event::{Act, Event};
use crate::memory::plan::language::arguments::Arguments;
use crate::memory::plan::language::grammar::among;

/// Verbs with which somebody takes something for himself: "of it", "to it".
const AVAILING: &str = "avail avails availed possess possesses possessed";
const HELPING: &str = "help helps helped treat treats treated";

/// What a verb says whose object is its subject: "took himself off to the barn", "armed herself with the lamp",
/// "helped himself to the lamp", "rid himself of the lamp".
pub(in crate::memory::plan) fn reflexive(
    mut event: Event,
    word: &str,
    said: Arguments,
) -> Option<Event> {
    if said.deprives {
        event.act = if among(AVAILING, word) { Act::Take } else { Act::Drop };
        event.object = said.objects.into_iter().next();
        return event.object.is_some().then_some(event);
    }
    if said.company.is_some() {
        (event.act, event.object) = (Act::Take, said.company);
        event.place = said.to.or(said.inside);
        return Some(event);
    }
    if among(HELPING, word) {
        (event.act, event.object) = (Act::Take, said.to);
        return event.object.is_some().then_some(event);
    }
    event.place = said.to.or(said.inside).filter(|_| said.objects.is_empty());
    event.place.is_some().then_some(event)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::plan::events::statement::events;
    use crate::memory::plan::language::lexicon::Lexicon;

    #[test]
    fn the_preposition_tells_what_somebody_does_with_himself() {
        let cases = [
            ("Ines helped herself to the lamp.", Act::Take, Some("lamp"), None),
            ("Ines availed herself of the lamp.", Act::Take, Some("lamp"), None),
            ("Ines armed herself with the lamp.", Act::Take, Some("lamp"), None),
            ("Ines rid herself of the lamp.", Act::Drop, Some("lamp"), None),
            ("Ines took herself off to the barn.", Act::At, None, Some("barn")),
            ("Ines installed herself in the barn.", Act::At, None, Some("barn")),
        ];
        for (text, act, object, place) in cases {
            let told = events(text, Lexicon::shared());
            let [event] = told.as_slice() else { panic!("{text}: {told:?}") };
            assert_eq!(event.subjects, ["ines"], "{text}");
            let found = (event.act, event.object.as_deref(), event.place.as_deref());
            assert_eq!(found, (act, object, place), "{text}");
        }
    }
}
