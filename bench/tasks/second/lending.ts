/** The lending desk of a library, in Python: it is read and edited, and never run. */
import type { Files } from '../task.ts';

const titles = [
  'Tides',
  'Granite',
  'Lanterns',
  'Orchard',
  'Meridian',
  'Paper Boats',
  'Winter Bees',
];
const books = titles.map((title, index) => {
  const shelf = `${'CAFBDEG'[index]}${(index * 7) % 10}`;
  return `  - title: ${title}\n    shelf: ${shelf}\n    copies: ${(index * 5) % 4}\n`;
});

/** Its files. */
export const lending: Files = {
  'README.rst': `Lending desk
============

Members borrow books for three weeks. See \`\`rules/fees.txt\`\` for what comes after.
`,
  'lending/__init__.py': '"""The lending desk."""\n\n__version__ = "0.9.4"\n',
  'lending/loans.py': `"""Loans of books to members."""

from datetime import date, timedelta

LOAN_DAYS = 21
MAX_RENEWALS = 2


class Loan:
    """One copy, lent to one member."""

    def __init__(self, member: str, title: str, lent: date) -> None:
        self.member = member
        self.title = title
        self.due = lent + timedelta(days=LOAN_DAYS)
        self.renewals = 0

    def renew(self) -> bool:
        """Makes the loan longer; False where it was renewed too often."""
        if self.renewals >= MAX_RENEWALS:
            return False
        self.renewals += 1
        self.due += timedelta(days=LOAN_DAYS)
        return True

    def days_late(self, today: date) -> int:
        return max(0, (today - self.due).days)
`,
  'lending/fees.py': `"""What late members pay."""

from lending.loans import Loan

CENTS_PER_DAY = 15
GRACE_DAYS = 4
HIGHEST_FEE = 900


def late_fee(loan: Loan, today) -> int:
    """Cents for a loan that is late."""
    days = loan.days_late(today)
    if days <= GRACE_DAYS:
        return 0
    return min(HIGHEST_FEE, days * CENTS_PER_DAY)
`,
  'lending/letters.py': `"""Letters to members."""

from lending.fees import late_fee


def reminder(loan, today) -> str:
    fee = late_fee(loan, today)
    lines = [
        f"Dear {loan.member},",
        f"please bring back '{loan.title}'.",
    ]
    if fee:
        lines.append(f"The fee is {fee / 100:.2f} so far.")
    return "\\n".join(lines)
`,
  'rules/fees.txt': `Fees, decided on 2 February 2021
No fee within four days. Then 15 cents a day from the first day, 9.00 at most.
Students in their last year pay nothing until the exams are over.
`,
  'rules/opening.txt': `Monday      closed
Tuesday     10:00 - 18:30
Wednesday   10:00 - 18:30
Thursday    13:00 - 20:15
Friday      10:00 - 18:30
Saturday     9:30 - 13:00
`,
  'stock/books.yaml': `books:\n${books.join('')}`,
};
