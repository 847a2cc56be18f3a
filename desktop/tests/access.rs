//! For people who use a keyboard or a screen reader: every control has a name, and the tab key reaches
//! every one of them.

mod rig;

use std::collections::BTreeMap;

use carrel_desktop::message::{Action, Overlay, Purpose};
use egui::accesskit;
use egui::{Key, Modifiers};
use egui_kittest::kittest::NodeT;
use rig::{Rig, Setup, scratch, with_model};

/// The controls that are there: role and name, by number.
fn controls(rig: &Rig) -> BTreeMap<String, (accesskit::Role, String)> {
    let nodes = rig.harness.root().children_recursive();
    nodes
        .filter_map(|node| {
            let node = node.accesskit_node();
            let is_control = node.data().supports_action(accesskit::Action::Focus);
            let name = node.label().unwrap_or_default();
            (is_control && !node.is_disabled())
                .then(|| (format!("{:?}", node.id()), (node.role(), name)))
        })
        .collect()
}

fn focused(rig: &Rig) -> Option<String> {
    let mut nodes = rig.harness.root().children_recursive();
    let found = nodes.find(|node| node.accesskit_node().is_focused())?;
    Some(format!("{:?}", found.accesskit_node().id()))
}

fn all_have_names(rig: &Rig, place: &str) {
    let found = controls(rig);
    assert!(found.len() > 3, "{place}: {found:?}");
    for (role, name) in found.values() {
        assert!(!name.trim().is_empty(), "{place}: a {role:?} without a name");
    }
}

#[test]
fn every_control_has_a_name_and_is_reached_by_the_tab_key() {
    let folder = scratch();
    let mut rig = Setup::new(folder.path()).open().with_handbook();
    all_have_names(&rig, "the first start");
    rig.ask("Which exit code means that the memory budget is too small?");
    all_have_names(&rig, "an answer");
    let wanted = controls(&rig);
    let mut reached = Vec::new();
    for _ in 0..2 * wanted.len() {
        rig.press(Modifiers::NONE, Key::Tab);
        reached.extend(focused(&rig));
    }
    for (id, (role, name)) in &wanted {
        assert!(reached.contains(id), "the tab key does not reach the {role:?} \"{name}\"");
    }
}

#[test]
fn every_panel_names_its_controls() {
    let folder = scratch();
    let mut rig = with_model(Setup::new(folder.path()));
    for overlay in [
        Overlay::Models,
        Overlay::Device,
        Overlay::Settings,
        Overlay::Keys,
        Overlay::Path(Purpose::Document),
    ] {
        rig.perform(Action::Overlay(Some(overlay)));
        all_have_names(&rig, &format!("{overlay:?}"));
    }
}

#[test]
fn the_summary_tree_is_walked_with_arrow_keys() {
    let folder = scratch();
    let mut rig = Setup::new(folder.path()).open().with_handbook();
    let is_tree = |(_, name): &(accesskit::Role, String)| name.starts_with("Summary tree of ");
    let has_focus = |rig: &Rig| {
        let id = focused(rig)?;
        controls(rig).remove(&id).filter(|control| is_tree(control))
    };
    for _ in 0..40 {
        rig.press(Modifiers::NONE, Key::Tab);
        if has_focus(&rig).is_some() {
            break;
        }
    }
    let (_, root) = has_focus(&rig).expect("the tab key reaches the tree");
    rig.press(Modifiers::NONE, Key::ArrowDown);
    rig.press(Modifiers::NONE, Key::ArrowRight);
    let (_, second) = has_focus(&rig).expect("the focus stays");
    assert_ne!(root, second, "it says another sentence");
    rig.press(Modifiers::NONE, Key::Enter);
    rig.settle();
    assert!(rig.state().page.visible.is_some_and(|seen| seen.start > 0), "the page went there");
}
