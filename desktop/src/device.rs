//! What the system says about this machine and about the app, through the crate `sysinfo`.

use sysinfo::{
    Component, Components, CpuRefreshKind, Process, ProcessRefreshKind, ProcessesToUpdate, System,
    get_current_pid,
};

use crate::state::device::{Machine, Taken};

/// The machine. What the system does not say is empty or zero.
pub fn machine() -> Machine {
    let mut machine = Machine {
        n_threads: std::thread::available_parallelism().map_or(1, usize::from),
        ..Machine::default()
    };
    if let Ok(mut system) = System::new() {
        system.refresh_memory();
        system.refresh_cpu_list(CpuRefreshKind::nothing());
        let processor = system.cpus().first().map(|cpu| cpu.brand().trim().to_owned());
        machine.processor = processor.unwrap_or_default();
        machine.memory_bytes = system.total_memory();
    }
    machine
}

/// Memory of the app that is resident now; 0 if the system does not say.
pub fn resident_bytes() -> u64 {
    let (Ok(id), Ok(mut system)) = (get_current_pid(), System::new()) else { return 0 };
    let kind = ProcessRefreshKind::nothing().with_memory();
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[id]), false, kind);
    system.process(id).map_or(0, Process::memory)
}

/// What the app takes of the machine now.
pub fn taken() -> Taken {
    let components = Components::new_with_refreshed_list();
    let celsius = components.iter().flat_map(|list| list.iter()).filter_map(Component::temperature);
    let celsius = celsius.filter(|celsius| celsius.is_finite()).reduce(f32::max);
    Taken { memory_bytes: resident_bytes(), celsius }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_has_memory_and_the_app_takes_some_of_it() {
        let machine = machine();
        assert!(machine.n_threads >= 1);
        let taken = taken();
        assert!(taken.memory_bytes > 0 && taken.memory_bytes < machine.memory_bytes);
    }
}
