// Part: grids of more than 65535 workgroups are laid out in two dimensions; this is the index in one.
fn flat(workgroup: vec3<u32>, n_workgroups: vec3<u32>) -> u32 {
    return workgroup.x + workgroup.y * n_workgroups.x;
}
