//! Ports for servers of a test.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::MetadataExt;

/// So many neighbouring ports are one block: what a demo listens on.
const BLOCK: u16 = 20;
/// Below what Linux gives to outgoing connections (`ip_local_port_range`, 32768 to 60999 unless
/// changed): while a server that was killed is started again, no other program's call takes its port.
const FIRST: u16 = 10_000;
const LAST: u16 = 32_000;

/// The first of twenty neighbouring ports that nobody listens on and that no other test takes while
/// this process lives.
pub fn claim() -> u16 {
    let user = std::fs::metadata("/proc/self").unwrap().uid();
    let folder = std::env::temp_dir().join(format!("quickconnect-test-ports-{user}"));
    std::fs::create_dir_all(&folder).unwrap();
    let blocks = (LAST - FIRST) / BLOCK;
    let begin = std::process::id() % u32::from(blocks);
    let begin = u16::try_from(begin).expect("fewer blocks than ports");
    for block in (0..blocks).map(|offset| (begin + offset) % blocks) {
        let first = FIRST + block * BLOCK;
        let claim = File::create(folder.join(first.to_string())).unwrap();
        if claim.try_lock().is_err() || !(first..first + BLOCK).all(is_free) {
            continue;
        }
        // The lock ends with the process.
        std::mem::forget(claim);
        return first;
    }
    panic!("no {BLOCK} free ports side by side");
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}
