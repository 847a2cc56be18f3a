//! Puts guards into a template's tree, so that values cannot outgrow memory between two steps.
//!
//! ```text
//! a + b      → used(a) + used(b), each counted as made   [a, b]  → made([a, b])
//! a ~ b      → written(a) ~ written(b)                   x|f(y)  → made(used(x)|f(used(y)))
//! a * b      → product(a, b)                             x.m(y)  → made(used(x).m(used(y)))
//! a == b     → used(a) == used(b)                        set n.x = v → set n.x = stored(v)
//! raw text   → {{ "raw text" }}, which the formatter counts
//! ```
//! Guards return what they are given or stop the rendering. Statements that reach for other
//! templates are refused.

use minijinja::machinery::Span;
use minijinja::machinery::ast::{self, BinOpKind, CallArg, CallType, Expr, Spanned, Stmt};
use minijinja::value::Value;

use super::environment::guards;
use crate::error::TemplateError;

/// The tree with guards.
pub(super) fn guard<'a>(stmt: &Stmt<'a>) -> Result<Stmt<'a>, TemplateError> {
    Ok(match stmt {
        Stmt::Template(node) => {
            same(node, Stmt::Template, ast::Template { children: body(&node.children)? })
        }
        Stmt::EmitExpr(node) => {
            same(node, Stmt::EmitExpr, ast::EmitExpr { expr: expr(&node.expr) })
        }
        Stmt::EmitRaw(node) => {
            let text = ast::Const { value: Value::from(node.raw) };
            let text = Expr::Const(Spanned::new(text, node.span()));
            Stmt::EmitExpr(Spanned::new(ast::EmitExpr { expr: text }, node.span()))
        }
        Stmt::ForLoop(node) => same(
            node,
            Stmt::ForLoop,
            ast::ForLoop {
                target: target_of(&node.target),
                iter: guarded(guards::USED, &node.iter),
                filter_expr: node.filter_expr.as_ref().map(expr),
                recursive: node.recursive,
                body: body(&node.body)?,
                else_body: body(&node.else_body)?,
            },
        ),
        Stmt::IfCond(node) => same(
            node,
            Stmt::IfCond,
            ast::IfCond {
                expr: expr(&node.expr),
                true_body: body(&node.true_body)?,
                false_body: body(&node.false_body)?,
            },
        ),
        Stmt::WithBlock(node) => same(
            node,
            Stmt::WithBlock,
            ast::WithBlock {
                assignments: node
                    .assignments
                    .iter()
                    .map(|(target, value)| (target_of(target), expr(value)))
                    .collect(),
                body: body(&node.body)?,
            },
        ),
        Stmt::Set(node) => {
            let value = match node.target {
                Expr::GetAttr(_) => guarded(guards::STORED, &node.expr),
                _ => expr(&node.expr),
            };
            same(node, Stmt::Set, ast::Set { target: target_of(&node.target), expr: value })
        }
        Stmt::SetBlock(node) => same(
            node,
            Stmt::SetBlock,
            ast::SetBlock {
                target: target_of(&node.target),
                filter: node.filter.as_ref().map(filter_chain),
                body: body(&node.body)?,
            },
        ),
        Stmt::FilterBlock(node) => same(
            node,
            Stmt::FilterBlock,
            ast::FilterBlock { filter: filter_chain(&node.filter), body: body(&node.body)? },
        ),
        Stmt::Macro(node) => Stmt::Macro(macro_of(node)?),
        Stmt::CallBlock(node) => same(
            node,
            Stmt::CallBlock,
            ast::CallBlock { call: call(&node.call), macro_decl: macro_of(&node.macro_decl)? },
        ),
        Stmt::Continue(node) => same(node, Stmt::Continue, ast::Continue),
        Stmt::Break(node) => same(node, Stmt::Break, ast::Break),
        Stmt::Do(node) => same(node, Stmt::Do, ast::Do { call: call(&node.call) }),
        Stmt::AutoEscape(node) => return refused(node.span(), "autoescape"),
        Stmt::Block(node) => return refused(node.span(), "block"),
        Stmt::Import(node) => return refused(node.span(), "import"),
        Stmt::FromImport(node) => return refused(node.span(), "import"),
        Stmt::Extends(node) => return refused(node.span(), "extends"),
        Stmt::Include(node) => return refused(node.span(), "include"),
    })
}

fn refused<T>(span: Span, statement: &str) -> Result<T, TemplateError> {
    let message = format!("the statement `{statement}` is not for chat templates");
    Err(TemplateError::Invalid { line: Some(span.start_line.into()), message })
}

fn same<'a, T>(node: &Spanned<T>, wrap: impl FnOnce(Spanned<T>) -> Stmt<'a>, new: T) -> Stmt<'a> {
    wrap(Spanned::new(new, node.span()))
}

fn body<'a>(stmts: &[Stmt<'a>]) -> Result<Vec<Stmt<'a>>, TemplateError> {
    stmts.iter().map(guard).collect()
}

fn macro_of<'a>(node: &Spanned<ast::Macro<'a>>) -> Result<Spanned<ast::Macro<'a>>, TemplateError> {
    let new = ast::Macro {
        name: node.name,
        args: node.args.iter().map(target_of).collect(),
        defaults: exprs(&node.defaults),
        body: body(&node.body)?,
    };
    Ok(Spanned::new(new, node.span()))
}

/// A target of an assignment: names, lists of names, and attributes of names.
fn target_of<'a>(target: &Expr<'a>) -> Expr<'a> {
    match target {
        Expr::List(node) => {
            let items = node.items.iter().map(target_of).collect();
            Expr::List(Spanned::new(ast::List { items }, node.span()))
        }
        other => expr(other),
    }
}

/// The filters of a block, whose innermost one has no expression.
fn filter_chain<'a>(filter: &Expr<'a>) -> Expr<'a> {
    match filter {
        Expr::Filter(node) => {
            let new = ast::Filter {
                name: node.name,
                expr: node.expr.as_ref().map(filter_chain),
                args: args(guards::USED, &node.args),
            };
            Expr::Filter(Spanned::new(new, node.span()))
        }
        other => expr(other),
    }
}

fn exprs<'a>(list: &[Expr<'a>]) -> Vec<Expr<'a>> {
    list.iter().map(expr).collect()
}

fn args<'a>(name: &'static str, list: &[CallArg<'a>]) -> Vec<CallArg<'a>> {
    let mut new = Vec::with_capacity(list.len());
    for arg in list {
        new.push(match arg {
            CallArg::Pos(value) => CallArg::Pos(guarded(name, value)),
            CallArg::Kwarg(key, value) => CallArg::Kwarg(key, guarded(name, value)),
            CallArg::PosSplat(value) => CallArg::PosSplat(guarded(name, value)),
            CallArg::KwargSplat(value) => CallArg::KwargSplat(guarded(name, value)),
        });
    }
    new
}

fn call<'a>(node: &Spanned<ast::Call<'a>>) -> Spanned<ast::Call<'a>> {
    let callee = match &node.expr {
        Expr::GetAttr(attribute) => {
            let receiver = guarded(guards::USED, &attribute.expr);
            let new = ast::GetAttr { expr: receiver, name: attribute.name };
            Expr::GetAttr(Spanned::new(new, attribute.span()))
        }
        other => expr(other),
    };
    // What is put into a namespace from the start is stored there, too.
    let is_namespace = matches!(node.identify_call(), CallType::Function("namespace"));
    let name = if is_namespace { guards::STORED } else { guards::USED };
    let arguments = args(name, &node.args);
    Spanned::new(ast::Call { expr: callee, args: arguments }, node.span())
}

/// `name(value)`.
fn wrapped<'a>(name: &'static str, value: Expr<'a>) -> Expr<'a> {
    called(name, value.span(), vec![CallArg::Pos(value)])
}

fn called<'a>(name: &'static str, span: Span, args: Vec<CallArg<'a>>) -> Expr<'a> {
    let callee = Expr::Var(Spanned::new(ast::Var { id: name }, span));
    Expr::Call(Spanned::new(ast::Call { expr: callee, args }, span))
}

/// `name(expr)`, unless the expression is a constant, which is no larger than the template.
fn guarded<'a>(name: &'static str, value: &Expr<'a>) -> Expr<'a> {
    match value {
        Expr::Const(_) => expr(value),
        _ => wrapped(name, expr(value)),
    }
}

fn expr<'a>(value: &Expr<'a>) -> Expr<'a> {
    match value {
        Expr::Var(node) => Expr::Var(Spanned::new(ast::Var { id: node.id }, node.span())),
        Expr::Const(node) => {
            Expr::Const(Spanned::new(ast::Const { value: node.value.clone() }, node.span()))
        }
        Expr::Slice(node) => {
            let new = ast::Slice {
                expr: guarded(guards::USED, &node.expr),
                start: node.start.as_ref().map(expr),
                stop: node.stop.as_ref().map(expr),
                step: node.step.as_ref().map(expr),
            };
            wrapped(guards::MADE, Expr::Slice(Spanned::new(new, node.span())))
        }
        Expr::UnaryOp(node) => {
            // Spelt out, as the kind is not `Copy`.
            let op = if matches!(node.op, ast::UnaryOpKind::Not) {
                ast::UnaryOpKind::Not
            } else {
                ast::UnaryOpKind::Neg
            };
            let new = ast::UnaryOp { op, expr: expr(&node.expr) };
            Expr::UnaryOp(Spanned::new(new, node.span()))
        }
        Expr::BinOp(node) => operation(node),
        Expr::Compare(node) => {
            let ops = node.ops.iter().map(|operand| ast::CompareOp {
                op: operand.op,
                expr: guarded(guards::USED, &operand.expr),
            });
            let new = ast::Compare { expr: guarded(guards::USED, &node.expr), ops: ops.collect() };
            Expr::Compare(Spanned::new(new, node.span()))
        }
        Expr::IfExpr(node) => {
            let new = ast::IfExpr {
                test_expr: expr(&node.test_expr),
                true_expr: expr(&node.true_expr),
                false_expr: node.false_expr.as_ref().map(expr),
            };
            Expr::IfExpr(Spanned::new(new, node.span()))
        }
        Expr::Filter(node) => {
            let inner = node.expr.as_ref().map(|inner| guarded(guards::USED, inner));
            let new =
                ast::Filter { name: node.name, expr: inner, args: args(guards::USED, &node.args) };
            wrapped(guards::MADE, Expr::Filter(Spanned::new(new, node.span())))
        }
        Expr::Test(node) => {
            let inner = guarded(guards::USED, &node.expr);
            let new =
                ast::Test { name: node.name, expr: inner, args: args(guards::USED, &node.args) };
            Expr::Test(Spanned::new(new, node.span()))
        }
        Expr::GetAttr(node) => {
            let new = ast::GetAttr { expr: expr(&node.expr), name: node.name };
            Expr::GetAttr(Spanned::new(new, node.span()))
        }
        Expr::GetItem(node) => {
            let new =
                ast::GetItem { expr: expr(&node.expr), subscript_expr: expr(&node.subscript_expr) };
            Expr::GetItem(Spanned::new(new, node.span()))
        }
        Expr::Call(node) => {
            let new = Expr::Call(call(node));
            match node.identify_call() {
                // A loop that calls itself, and what makes or renders no list.
                CallType::Function("loop" | "caller" | "namespace") => new,
                _ => wrapped(guards::MADE, new),
            }
        }
        Expr::List(node) => {
            let new = ast::List { items: exprs(&node.items) };
            wrapped(guards::MADE, Expr::List(Spanned::new(new, node.span())))
        }
        Expr::Map(node) => {
            let new = ast::Map { keys: exprs(&node.keys), values: exprs(&node.values) };
            wrapped(guards::MADE, Expr::Map(Spanned::new(new, node.span())))
        }
    }
}

fn operation<'a>(node: &Spanned<ast::BinOp<'a>>) -> Expr<'a> {
    let guard_name = match node.op {
        BinOpKind::ScAnd | BinOpKind::ScOr => None,
        BinOpKind::Mul => {
            let operands = vec![CallArg::Pos(expr(&node.left)), CallArg::Pos(expr(&node.right))];
            return called(guards::PRODUCT, node.span(), operands);
        }
        BinOpKind::Add => Some(guards::MADE),
        BinOpKind::Concat => Some(guards::WRITTEN),
        _ => Some(guards::USED),
    };
    let operand = |value| match guard_name {
        Some(name) => guarded(name, value),
        None => expr(value),
    };
    let new = ast::BinOp { op: node.op, left: operand(&node.left), right: operand(&node.right) };
    Expr::BinOp(Spanned::new(new, node.span()))
}
