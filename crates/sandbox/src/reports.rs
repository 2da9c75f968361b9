//! Expense reports, made the same way every time from the material in `seeds/reports.toml`.

use ambient::Entropy;
use protocol::{CompanyId, DAY, HOUR, MINUTE, Timestamp};
use serde_json::{Value, json};
use store::ExpenseReport;

use crate::seeds::{self, ReportSeeds};

/// Somebody who spends, and approves what others spent.
pub struct Author {
    pub login: String,
    /// `Family, Given`, as reports show it.
    pub name: String,
    /// ISO 3166, two letters.
    pub country: String,
}

/// How far a report has come.
struct Stage {
    approval: (&'static str, &'static str),
    payment: (&'static str, &'static str),
    submitted: bool,
    paid: bool,
}

const NOT_PAID: (&str, &str) = ("P_NOTP", "Not Paid");

const STAGES: [Stage; 6] = [
    stage(("A_APPR", "Approved"), ("P_PAID", "Paid"), true, true),
    stage(
        ("A_APPR", "Approved"),
        ("P_PROC", "Processing Payment"),
        true,
        false,
    ),
    stage(
        ("A_PEND", "Submitted & Pending Approval"),
        NOT_PAID,
        true,
        false,
    ),
    stage(
        ("A_ACCO", "Pending Accounting Review"),
        NOT_PAID,
        true,
        false,
    ),
    stage(("A_RESU", "Sent Back to Employee"), NOT_PAID, true, false),
    stage(("A_NOTF", "Not Submitted"), NOT_PAID, false, false),
];

const fn stage(
    approval: (&'static str, &'static str),
    payment: (&'static str, &'static str),
    submitted: bool,
    paid: bool,
) -> Stage {
    Stage {
        approval,
        payment,
        submitted,
        paid,
    }
}

pub struct ReportMaker {
    material: ReportSeeds,
    dice: Dice,
    currency: String,
    now: Timestamp,
}

impl ReportMaker {
    /// For one company, always the same reports, counted back from `now`.
    pub fn new(company: CompanyId, currency: &str, now: Timestamp) -> ReportMaker {
        let seed = company.as_uuid().as_u64_pair().0;
        ReportMaker {
            material: seeds::report_material(),
            dice: Dice(Entropy::seeded(seed)),
            currency: currency.to_owned(),
            now,
        }
    }

    /// The report before the one numbered one less: three days apart on average.
    pub fn report(&mut self, number: i64, people: &[Author]) -> ExpenseReport {
        let steps = u32::try_from(number).unwrap_or_default();
        let age = DAY * 2 + DAY * 3 * steps + HOUR * self.dice.below(60);
        let created_at = self.now - age - MINUTE * self.dice.below(600);
        let stage = self.stage(age > DAY * 40);
        let owner = &people[self.dice.index(people.len())];
        let approver = people
            .iter()
            .find(|other| other.login != owner.login)
            .unwrap_or(owner);
        let submitted_at = stage
            .submitted
            .then(|| created_at + HOUR * (3 + self.dice.below(40)));
        let paid_at = stage
            .paid
            .then(|| created_at + DAY * (6 + self.dice.below(9)));
        let modified_at = paid_at
            .or(submitted_at)
            .unwrap_or(created_at + HOUR * 2)
            .min(self.now);
        let money = self.money();
        let mut report = ExpenseReport {
            id: self.dice.id(),
            created_at,
            owner_login: owner.login.clone(),
            approver_login: approver.login.clone(),
            currency_code: money.currency.clone(),
            country: owner.country.clone(),
            approval_status_code: stage.approval.0.to_owned(),
            payment_status_code: stage.payment.0.to_owned(),
            submitted_at,
            paid_at,
            modified_at,
            content: String::new(),
        };
        report.content = self
            .content(&report, stage, (owner, approver), &money)
            .to_string();
        report
    }

    fn stage(&mut self, old: bool) -> &'static Stage {
        // Old reports have been paid, all but a few.
        let pick = if old {
            self.dice.below(14) / 13 * 4
        } else {
            self.dice.below(6)
        };
        &STAGES[usize::try_from(pick).unwrap_or_default()]
    }

    fn money(&mut self) -> Money {
        // One in eight was spent abroad.
        let abroad = self.dice.below(8) == 0;
        let at = self.dice.index(self.material.currencies.len());
        let home = self
            .material
            .currencies
            .iter()
            .position(|line| line.starts_with(&self.currency));
        let line = &self.material.currencies[if abroad { at } else { home.unwrap_or(at) }];
        let parts: Vec<&str> = line.split('|').collect();
        let number = |at: usize| {
            parts
                .get(at)
                .and_then(|part| part.parse::<f64>().ok())
                .unwrap_or(1.0)
        };
        // Small sums are more common than large ones.
        let share = self.dice.fraction() * self.dice.fraction();
        let total = number(1) + (number(2) - number(1)) * share;
        let scale = if number(3) == 0.0 { 1.0 } else { 100.0 };
        let round = |amount: f64| (amount * scale).round() / scale;
        let personal = if self.dice.below(9) == 0 {
            round(total * 0.04)
        } else {
            0.0
        };
        let on_card = if self.dice.below(3) == 0 {
            round(total * 0.55)
        } else {
            0.0
        };
        Money {
            currency: parts.first().copied().unwrap_or("USD").to_owned(),
            total: round(total),
            personal,
            on_card,
            to_employee: round(total - personal - on_card),
        }
    }

    fn content(
        &mut self,
        report: &ExpenseReport,
        stage: &Stage,
        (owner, approver): (&Author, &Author),
        money: &Money,
    ) -> Value {
        let departments: Vec<Vec<String>> = self.material.purposes.values().cloned().collect();
        let names = &departments[self.dice.index(departments.len())];
        let cost_center =
            self.material.cost_centers[self.dice.index(self.material.cost_centers.len())].clone();
        let (code, cost_center) = cost_center.split_once('|').unwrap_or(("1000", "General"));
        let claimed = money.total - money.personal;
        let approved = if stage.approval.0 == "A_APPR" {
            claimed
        } else {
            0.0
        };
        json!({
            "Name": names[self.dice.index(names.len())],
            "Total": money.total,
            "CurrencyCode": money.currency,
            "Country": report.country,
            "CountrySubdivision": null,
            "CreateDate": instant(Some(report.created_at)),
            "SubmitDate": instant(report.submitted_at),
            "ProcessingPaymentDate": instant(report.paid_at.map(|at| at - DAY)),
            "PaidDate": instant(report.paid_at),
            "UserDefinedDate": instant(Some(report.created_at)),
            "LastModifiedDate": instant(Some(report.modified_at)),
            "ReceiptsReceived": stage.submitted,
            "LastComment": self.comment(stage),
            "OwnerLoginID": report.owner_login,
            "OwnerName": owner.name,
            "ApproverLoginID": report.approver_login,
            "ApproverName": approver.name,
            "ApprovalStatusCode": stage.approval.0,
            "ApprovalStatusName": stage.approval.1,
            "PaymentStatusCode": stage.payment.0,
            "PaymentStatusName": stage.payment.1,
            "PersonalAmount": money.personal,
            "AmountDueEmployee": money.to_employee,
            "AmountDueCompanyCard": money.on_card,
            "TotalClaimedAmount": claimed,
            "TotalApprovedAmount": approved,
            "LedgerName": self.material.ledgers[self.dice.index(self.material.ledgers.len())],
            "PolicyID": self.dice.id(),
            "EverSentBack": stage.approval.0 == "A_RESU" || self.dice.below(9) == 0,
            "HasException": self.dice.below(6) == 0,
            "WorkflowActionUrl": null,
            "OrgUnit1": { "Code": code, "ListItemID": null, "Type": "List", "Value": cost_center },
        })
    }

    fn comment(&mut self, stage: &Stage) -> Option<String> {
        let kind = match stage.approval.0 {
            "A_APPR" => "approved",
            "A_RESU" => "sent_back",
            "A_ACCO" => "accounting",
            _ => return None,
        };
        let comments = self.material.comments.get(kind)?;
        comments.get(self.dice.index(comments.len())).cloned()
    }
}

struct Money {
    currency: String,
    total: f64,
    personal: f64,
    on_card: f64,
    to_employee: f64,
}

/// `yyyy-MM-ddTHH:mm:ss.SSS`, as the version 3 API writes instants.
fn instant(at: Option<Timestamp>) -> Option<String> {
    let at = jiff::Timestamp::from_microsecond(at?.as_micros()).ok()?;
    jiff::fmt::strtime::format("%Y-%m-%dT%H:%M:%S.%3f", at).ok()
}

/// Numbers from a fixed sequence.
struct Dice(Entropy);

impl Dice {
    fn below(&mut self, bound: u32) -> u32 {
        u32::from_be_bytes(self.0.bytes()) % bound
    }

    fn index(&mut self, length: usize) -> usize {
        let length = u32::try_from(length.max(1)).unwrap_or(1);
        usize::try_from(self.below(length)).unwrap_or_default()
    }

    fn fraction(&mut self) -> f64 {
        f64::from(self.below(10_000)) / 10_000.0
    }

    /// Twenty capital hexadecimal digits.
    fn id(&mut self) -> String {
        self.0
            .bytes::<10>()
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_company_has_the_same_reports_and_sums_that_add_up() {
        let company = CompanyId::from_uuid(uuid::Uuid::from_u128(7 << 64));
        let now = Timestamp::from_seconds(1_795_000_000);
        let author = |login: &str| Author {
            login: login.to_owned(),
            name: "Doe, Jo".to_owned(),
            country: "US".to_owned(),
        };
        let people = [author("a@x.example"), author("b@x.example")];
        let make = || {
            let mut maker = ReportMaker::new(company, "USD", now);
            (0..40)
                .map(|number| maker.report(number, &people))
                .collect::<Vec<_>>()
        };
        let (first, second) = (make(), make());
        for (report, again) in first.iter().zip(&second) {
            assert_eq!(report.content, again.content);
            assert!(report.created_at < now && report.modified_at <= now);
            let fields: Value = serde_json::from_str(&report.content).unwrap();
            let sum = [
                "PersonalAmount",
                "AmountDueEmployee",
                "AmountDueCompanyCard",
            ];
            let sum: f64 = sum.iter().map(|name| fields[name].as_f64().unwrap()).sum();
            assert!(
                (sum - fields["Total"].as_f64().unwrap()).abs() < 0.02,
                "{fields}"
            );
            assert_eq!(fields["CreateDate"].as_str().unwrap().len(), 23);
        }
    }
}
