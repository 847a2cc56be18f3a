//! What a frame changes: the shapes of two frames side by side, and the places where they differ.
//!
//! ```text
//! shown:  a b c d   e        a, b, d and e are the same and in the same order, so outside of
//! new:    a b x d y e        c, x and y every pixel is what it was
//! ```
//! Any such pairing is right; one that pairs more shapes redraws less.

use egui::epaint::{ClippedShape, TextShape};
use egui::{Rect, Shape, Vec2};

/// Shapes that are looked ahead for the next pair.
const NEAR: usize = 32;
/// Places that are drawn one by one; more are joined.
const MOST: usize = 6;
/// Points around a shape that its soft edge may reach.
const EDGE: f32 = 2.0;

/// A shape, and where it may be seen.
#[derive(Debug, Clone)]
pub struct Piece {
    /// The shape with the part of the window that it may change.
    pub shape: ClippedShape,
    /// Where it may be seen, in points.
    pub bounds: Rect,
}

impl Piece {
    /// The pieces of a frame, without shapes that cannot be seen.
    pub fn all(shapes: Vec<ClippedShape>, window: Rect) -> Vec<Self> {
        let pieces = shapes.into_iter().map(|shape| {
            let seen = shape.clip_rect.intersect(window);
            let reach = shape.transform_after_tessellation * reach(&shape.shape);
            let bounds = reach.expand(EDGE).intersect(seen).expand(EDGE);
            Self { shape, bounds }
        });
        pieces.filter(|piece| piece.bounds.is_positive()).collect()
    }

    /// Whether it is drawn as `other` is.
    fn is(&self, other: &Self) -> bool {
        self.bounds == other.bounds
            && self.shape.clip_rect == other.shape.clip_rect
            && self.shape.transform_after_tessellation == other.shape.transform_after_tessellation
            && is_same(&self.shape.shape, &other.shape.shape)
    }
}

/// Where a shape is drawn, without its soft edge.
fn reach(shape: &Shape) -> Rect {
    match shape {
        Shape::Vec(shapes) => shapes.iter().map(reach).fold(Rect::NOTHING, Rect::union),
        Shape::Text(text) => {
            // Marked text and lines under it reach further than its letters: half a row to the side.
            let rows = text.galley.rows.iter().map(|row| row.rect().height());
            let row = rows.fold(0.0, f32::max);
            let marked = text.galley.rect.rotate_bb(egui::emath::Rot2::from_angle(text.angle));
            let marked = marked.translate(text.pos.to_vec2());
            let around = Vec2::new(row / 2.0, text.underline.width);
            text.visual_bounding_rect().union(marked).expand2(around)
        }
        other => other.visual_bounding_rect(),
    }
}

/// Whether two shapes are drawn in the same way. Text that was laid out once is not read again.
fn is_same(one: &Shape, other: &Shape) -> bool {
    match (one, other) {
        (Shape::Vec(one), Shape::Vec(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(a, b)| is_same(a, b))
        }
        (Shape::Text(one), Shape::Text(other)) => {
            let TextShape {
                pos,
                galley,
                underline,
                fallback_color,
                override_text_color,
                opacity_factor,
                angle,
            } = one;
            *pos == other.pos
                && *underline == other.underline
                && *fallback_color == other.fallback_color
                && *override_text_color == other.override_text_color
                && *opacity_factor == other.opacity_factor
                && *angle == other.angle
                && (std::sync::Arc::ptr_eq(galley, &other.galley) || *galley == other.galley)
        }
        (one, other) => one == other,
    }
}

/// Where a frame differs from the one that is shown, in points; no place overlaps another.
pub fn differences(shown: &[Piece], new: &[Piece]) -> Vec<Rect> {
    let mut places = Vec::new();
    let (mut left, mut right) = (shown, new);
    while !left.is_empty() || !right.is_empty() {
        let pair = next_pair(left, right);
        let (n_left, n_right) = pair.unwrap_or((1, 1));
        let (gone, left_over) = left.split_at(n_left.min(left.len()));
        let (come, right_over) = right.split_at(n_right.min(right.len()));
        gone.iter().chain(come).for_each(|piece| join(&mut places, piece.bounds));
        let n_paired = usize::from(pair.is_some());
        (left, right) = (&left_over[n_paired..], &right_over[n_paired..]);
    }
    places
}

/// How many pieces of each come before the next pair, if it is near.
fn next_pair(left: &[Piece], right: &[Piece]) -> Option<(usize, usize)> {
    let before = (0..=NEAR).flat_map(|n| (0..=n).map(move |n_left| (n_left, n - n_left)));
    before.into_iter().find(|&(n_left, n_right)| {
        left.get(n_left).zip(right.get(n_right)).is_some_and(|(one, other)| one.is(other))
    })
}

/// Adds a place; places that overlap become one.
fn join(places: &mut Vec<Rect>, mut place: Rect) {
    loop {
        let near = places.iter().position(|other| other.intersects(place));
        let near = near.or_else(|| {
            // With too many, the one that grows least takes it.
            let growth = |other: &Rect| other.union(place).area() - other.area();
            let order = |a: &usize, b: &usize| growth(&places[*a]).total_cmp(&growth(&places[*b]));
            (0..places.len()).min_by(order).filter(|_| places.len() >= MOST)
        });
        match near {
            Some(at) => place = places.swap_remove(at).union(place),
            None => return places.push(place),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Color32, pos2};

    fn window() -> Rect {
        Rect::from_min_max(pos2(0.0, 0.0), pos2(1_000.0, 1_000.0))
    }

    /// A square of ten points at a place in a column.
    fn square(at: f32, color: Color32) -> ClippedShape {
        let rect = Rect::from_min_size(pos2(100.0, at), Vec2::splat(10.0));
        ClippedShape::new(window(), Shape::rect_filled(rect, 0.0, color))
    }

    fn pieces(places: &[f32]) -> Vec<Piece> {
        Piece::all(places.iter().map(|at| square(*at, Color32::RED)).collect(), window())
    }

    #[test]
    fn what_is_the_same_is_not_drawn_again() {
        let shown = pieces(&[0.0, 100.0, 200.0]);
        assert!(differences(&shown, &pieces(&[0.0, 100.0, 200.0])).is_empty());
        // One is new among them, and one is gone.
        let found = differences(&shown, &pieces(&[0.0, 50.0, 200.0]));
        assert_eq!(found.len(), 2, "{found:?}");
        for place in [pos2(105.0, 55.0), pos2(105.0, 105.0)] {
            assert!(found.iter().any(|rect| rect.contains(place)));
        }
        assert!(found.iter().all(|rect| !rect.contains(pos2(105.0, 5.0))), "{found:?}");
        assert_eq!(differences(&[], &shown).len(), 3);
    }

    #[test]
    fn another_order_another_colour_and_another_clip_are_differences() {
        let order = |one: Color32, other: Color32| {
            Piece::all(vec![square(0.0, one), square(5.0, other)], window())
        };
        let turned =
            differences(&order(Color32::RED, Color32::BLUE), &order(Color32::BLUE, Color32::RED));
        assert_eq!(turned.len(), 1);
        assert!(turned[0].contains(pos2(105.0, 7.0)), "where they overlap");
        let mut clipped = square(0.0, Color32::RED);
        clipped.clip_rect.max.x = 105.0;
        let clipped = Piece::all(vec![clipped], window());
        assert_eq!(differences(&pieces(&[0.0]), &clipped).len(), 1);
        assert!(Piece::all(vec![square(2_000.0, Color32::RED)], window()).is_empty());
    }

    #[test]
    fn places_are_few_and_do_not_overlap() {
        let many: Vec<f32> = (0..30).map(|n| n as f32 * 30.0).collect();
        let found = differences(&[], &pieces(&many));
        assert!(found.len() <= MOST, "{found:?}");
        for (at, one) in found.iter().enumerate() {
            assert!(found[at + 1..].iter().all(|other| !one.intersects(*other)));
        }
        for at in many {
            assert!(found.iter().any(|rect| rect.contains(pos2(105.0, at + 5.0))));
        }
    }
}
