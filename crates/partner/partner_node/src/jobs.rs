use landing_page::InquiryWatch;
use tokio::task::JoinSet;

use crate::Node;

/// What each process that serves the partner does beside answering: it keeps connections alive, tells
/// of what happens to them, watches the inbox, and hears what other processes end if its broker answers
/// from memory. Dropped, it stops.
pub fn jobs(node: &Node) -> JoinSet<()> {
    let mut jobs = JoinSet::new();
    jobs.spawn(node.partner.clone().keep());
    let (mailer, settings) = (node.mailer.clone(), node.inquiries.clone());
    jobs.spawn(InquiryWatch::new(&node.partner, mailer, settings).watch());
    if node.serves_broker {
        jobs.spawn(node.vault.clone().remember());
    }
    jobs
}
