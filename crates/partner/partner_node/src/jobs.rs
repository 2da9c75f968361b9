use landing_page::InquiryWatch;
use tokio::task::JoinSet;

use crate::Node;

/// What each process that serves the partner does beside answering: it keeps connections alive, tells
/// of what happens to them, and watches the inbox. Dropped, it stops.
pub fn jobs(node: &Node) -> JoinSet<()> {
    let mut jobs = JoinSet::new();
    jobs.spawn(node.partner.clone().keep());
    let (mailer, settings) = (node.mailer.clone(), node.inquiries.clone());
    jobs.spawn(InquiryWatch::new(&node.partner, mailer, settings).watch());
    jobs
}
