// Part: the non-linearity of a gate. Arguments of exp and tanh are kept where no implementation
// overflows; the results have long reached their limits there.
override GELU: bool = false;

fn activate(x: f32) -> f32 {
    if (GELU) {
        let inner = 0.7978845608 * (x + 0.044715 * x * x * x);
        return 0.5 * x * (1.0 + tanh(clamp(inner, -15.0, 15.0)));
    }
    return x / (1.0 + exp(min(-x, 80.0)));
}
