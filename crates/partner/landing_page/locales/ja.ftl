# 画面の文（日本語、です・ます体）。どのキーも各言語のファイルに同じ変数で置きます。
# 「App Center」「Connect」「Connected」はプラットフォーム側の名称なので、そのまま表記します。HTML は使いません。
# { $tail } の前には、改行を防ぐ見えない文字（U+2060）があります。

## Around the pages

skip-to-content = 本文へ移動
help = ヘルプ
contact-support = サポートに連絡
support = サポート
terms = 利用規約
privacy = プライバシーポリシー
contact-us = お問い合わせ
language = 言語
about-this-site = このサイトについて
badge-test = テスト
error-title = エラー：{ $title }
back = 戻る
continue = 次へ
finish-later = 保存して後で続ける

## Parts

optional = （任意）
opens-new-window = （新しいウィンドウで開きます）
progress = 進行状況
step-done = 完了：
copy = コピー
copied = コピーしました
copy-by-hand = 選択して手動でコピーしてください
copies-correlation-id = （相関 ID）
fields-need-attention = { $count } 件の項目を確認してください

## Fields

email = メールアドレス
password = パスワード
field-missing = { $what ->
    [name] お名前を入力してください
    [email] 勤務先のメールアドレスを入力してください
    [company] 会社名を入力してください
   *[code] 確認コードを入力してください
}
field-too-long = { $what ->
    [name] お名前は { $most } 文字以内で入力してください
    [email] 勤務先のメールアドレスは { $most } 文字以内で入力してください
    [company] 会社名は { $most } 文字以内で入力してください
   *[code] 確認コードは { $most } 文字以内で入力してください
}
email-incomplete = メールアドレスが完全ではありません。name@company.com のような形式で入力してください
password-too-short = パスワードは { $least } 文字以上にしてください
password-too-long = パスワードは { $most } 文字以内にしてください
password-is-email = メールアドレスとは異なるパスワードにしてください
terms-not-agreed = 続けるには利用規約に同意してください
privacy-not-read = プライバシーポリシーを読んだことを確認してください

## The first page

connect-platform-to-app = { $platform } と { $app } を接続
you-are-activating = { $whom ->
    [company] { $platform } との連携アプリ { $app } を、会社全体で有効にします。{ $lead }
   *[user] { $platform } との連携アプリ { $app } を、ご自身のアカウントで有効にします。{ $lead }
}
account-begun = { $email } のアカウントは作成の途中です
continue-where-you-stopped = 中断したところから続ける
sign-in-to-connect = サインインして接続
sign-in = サインイン
signing-in = サインインしています…
new-to-app = { $app } を初めてお使いですか？
create-account-steps = { $whom ->
    [company] 会社のビジネスアカウントを作成します。{ $steps } つの短いステップで完了し、途中で保存して後で続けることもできます。
   *[user] アカウントを作成します。{ $steps } つの短いステップで完了し、途中で保存して後で続けることもできます。
}
create-account = アカウントを作成
personal-account = 個人アカウントで会社を接続することはできません。会社用のビジネスアカウントを作成してください。
by-connecting = 接続すると、{ $terms }および{ $privacy }に同意したものとみなされます。接続前のご質問は{ $contact }からお送りください。
terms-in-sentence = 利用規約
privacy-in-sentence = プライバシーポリシー
sign-in-refused = メールアドレスとパスワードに一致するアカウントがありません。両方を確認するか、アカウントを作成してください
back-to-signing-in = サインインに戻る

## The verification code

verification-code = 確認コード
code-help = ご契約時にお渡しした、4 組 16 文字の英数字です。大文字と小文字、ハイフンの有無は区別しません。
checking = 確認しています…
what-happens-next = この後の流れ
code-next = 接続される内容と共有される内容が表示されますので、確認して確定してください。それまでは何も共有されません。
no-code = 確認コードをお持ちでない場合
no-code-help = { $contact }からご連絡ください。すべてのお問い合わせに回答し、ご契約が成立しだい確認コードをお送りします。
reconnect = 再接続をご希望ですか？
reconnect-help = この会社を以前に接続したことがある場合は、最初の接続に使った確認コードを入力してください。同じ会社であれば引き続き有効です。お手元にない場合は、{ $contact }から新しいコードをご請求ください。設定と履歴は引き継がれます。
contact-us-in-sentence = お問い合わせ
code-not-valid = この確認コードは無効です。お渡ししたコードと見比べるか、新しいコードをお問い合わせください
back-to-the-code = 確認コードの入力に戻る

## Agreements

agree-to-terms = { $terms }に同意します
have-read-privacy = { $privacy }を読みました

## Signing up

about-you = お客様の情報
sign-up-lead = { $whom ->
    [company] { $app } のビジネスアカウントを作成します。アカウントは、接続を確定した時点で作成されます。
   *[user] { $app } のアカウントを作成します。アカウントは、接続を確定した時点で作成されます。
}
your-name = お名前
work-email = 勤務先のメールアドレス
work-email-help = サインインに使用します。
keep-password = 設定済みのパスワードを使う場合は、空欄のままにしてください。
password-help = { $least } 文字以上で入力してください。
sign-in-instead = サインインに切り替える
email-taken = このアドレスのアカウントはすでにあります。戻ってサインインしてください
your-company = 会社の情報
agreements = 同意事項
company-and-agreements = 会社の情報と同意事項
company-lead = { $whom ->
    [company] { $app } の 1 つのアカウントは 1 つの会社に対応します。
   *[user] 確定の前に、もう 1 つのステップがあります。
}
company-name = 会社名
about-the-trial = トライアルについて
continue-to-confirmation = 確認画面へ進む
fill-in = 入力してください：{ $label }
choose = 選択してください：{ $label }
choose-of-list = 一覧から選択してください：{ $label }
choose-one = 選択してください
shorten-answer = { $most } 文字以内で入力してください：{ $label }
saved-with-mail = 保存しました。続きを行うためのリンクをメールでお送りしました。24 時間以内であれば、どのブラウザーからでも続けられます。
saved-here = 保存しました。24 時間以内にこのブラウザーで戻るか、App Center でもう一度「Connect」を選ぶと、中断したところから続けられます。

## Going on later

go-on = 中断したところから続ける
go-on-lead = { $email } の { $app } アカウントは作成の途中です。設定したパスワードを入力してください。
go-on-button = 続ける
opening = 開いています…
not-the-chosen-password = 最初に設定したパスワードと一致しません
link-gone = このリンクは使用できなくなりました
link-gone-why = リンクは 1 回限り、「Connect」を選んでから 24 時間有効です。
link-gone-help = App Center に戻り、もう一度「Connect」を選んでください。
go-on-mail-subject = { $app } の接続の続き
go-on-mail-begun = { $app } のアカウントは作成の途中です。まだ何も接続されていません。
go-on-mail-link = { $until } までに次のリンクを開き、設定したパスワードを入力してください。リンクは 1 回限り有効です。
go-on-mail-otherwise = お心当たりのない場合は、何もする必要はありません。パスワードがなければ先に進むことはできず、入力された内容は削除されます。

## Mails to customers

reconnect-mail-subject = { $whom ->
    [named] { $name }：{ $app } をもう一度接続してください
    [company] 会社と { $app } をもう一度接続してください
   *[user] { $app } をもう一度接続してください
}
reconnect-mail-why = { $whom ->
    [named] { $name } と { $app } の接続は、{ $platform } で終了しました。もう一度接続するまで、データのやり取りは行われません。
    [company] 会社と { $app } の接続は、{ $platform } で終了しました。もう一度接続するまで、データのやり取りは行われません。
   *[user] お客様と { $app } の接続は、{ $platform } で終了しました。もう一度接続するまで、データのやり取りは行われません。
}
reconnect-mail-how = { $whom ->
    [company] 会社の管理者の方が、App Center で次のページを開いて「Connect」を選んでください。
   *[user] App Center で次のページを開いて「Connect」を選んでください。
}
recovered-mail-subject = { $whom ->
    [named] { $name } と { $app } の接続が回復しました
    [company] 会社と { $app } の接続が回復しました
   *[user] { $app } との接続が回復しました
}
recovered-mail-text = { $whom ->
    [named] { $name } と { $app } の接続が回復しました。お手続きは必要ありません。
    [company] 会社と { $app } の接続が回復しました。お手続きは必要ありません。
   *[user] お客様と { $app } の接続が回復しました。お手続きは必要ありません。
}

## The confirmation

confirm = 確定
confirm-the-connection = 接続の確認
confirm-heading = { $whom ->
    [company] 会社 …⁠{ $tail } を { $app } に接続しますか？
   *[user] ユーザー …⁠{ $tail } を { $app } に接続しますか？
}
confirm-lead = { $whom ->
    [company] お客様の会社であることを確認してください。まだ何も共有されていません。
   *[user] ご本人であることを確認してください。まだ何も共有されていません。
}
what-will-be-connected = 接続される内容
principal-id = { $whom ->
    [company] { $platform } での会社 ID
   *[user] { $platform } でのユーザー ID
}
data-center = データセンター
data-center-unknown = 確定時にプラットフォームから通知されます
data-center-one-of = { $names } のいずれかです。それ以外からは読み取りません。
data-center-before = 以前の接続と同じです。確定時にプラットフォームが確認します。
environment = 環境
production = 本番
production-help = 本番用のアプリです。実際のデータに接続します。
test-app-help = テスト用のアプリです。
test-login-help = テスト用の会社のアドレスです。
account-with = { $app } のアカウント
new-account-with = { $app } の新しいアカウント
contract-with = { $app } のご契約
contract-by-code = 入力された確認コードに基づきます
what-connecting-does = 接続するとできること
what-will-be-shared = 共有される内容
scopes = アクセス権限
connected-already = このアカウントは { $other } とすでに接続されています
one-company-per-account = 1 つのアカウントは 1 つの会社に対応します。両方の会社でこのアカウントを共用する場合を除き、別のアカウントを作成してください。
second-company = このアカウントに 2 つ目の会社を接続する
second-company-not-confirmed = このアカウントに 2 つ目の会社を接続することを確認してください
connect-button = { $whom ->
    [company] 会社 …⁠{ $tail } を接続
   *[user] ユーザー …⁠{ $tail } を接続
}
connecting = 接続しています…
stop-here = { $whom ->
    [company] 自分の会社ではないので中止する
   *[user] 本人ではないので中止する
}
last-attempt-unanswered = 前回は応答がありませんでした。まだ何も接続されていません。もう一度お試しいただけます。

## Done

connected = 接続完了
is-connected = { $name } が接続されました
unnamed = { $whom ->
    [company] お客様の会社
   *[user] お客様のユーザー
}
done-lead = { $whom ->
    [company] { $platform } と { $app } が会社全体で接続されました。App Center ではこのアプリが「Connected」と表示されます。
   *[user] { $platform } と { $app } が接続されました。App Center ではこのアプリが「Connected」と表示されます。
}
done-data-center = { $whom ->
    [company] 会社のデータはデータセンター { $center } から読み取られます。
   *[user] お客様のデータはデータセンター { $center } から読み取られます。
}
your-next-steps = 次の手順
close-this-window = このウィンドウを閉じてかまいません。
about-this-app = このアプリについて
help-with-connection = この接続に関するヘルプ
home-page = ホームページ
takes-longer = 接続に通常より時間がかかっています
takes-longer-why = { $platform } からまだ応答がありません。接続を開始した日時：{ $begun }
takes-longer-goes-on = 接続の処理は自動的に続きますので、このウィンドウを閉じてかまいません。完了すると、App Center でこのアプリが「Connected」と表示されます。
takes-longer-otherwise = 処理が中断された場合は、この画面でもう一度試すか、App Center でもう一度「Connect」を選んでください。
look-again = もう一度確認する

## Where nothing can be connected

start-from-app-center = App Center から始めてください
start-why = このページは { $platform } と { $app } を接続します。そのためには、どなたのための接続かという情報が必要です。
start-how = { $platform } にサインインし、App Center で { $app } のページを開いて「Connect」を選んでください。このページが別のウィンドウで開き、続きをご案内します。
read-about = { $app } について
link-incomplete = このリンクは完全ではありません
link-incomplete-why = このページを開いたリンクに、接続の対象が示されていません。何も保存されていません。
link-incomplete-help = このウィンドウを閉じ、App Center に戻ってもう一度「Connect」を選んでください。繰り返し表示される場合は、サポートにご連絡ください。
nothing-connected = 接続は行われませんでした
cancelled-why = 入力された内容は削除されました。このウィンドウを閉じてかまいません。
cancelled-help = 他の人からこのリンクを受け取った場合は、管理者にお知らせください。リンクは「Connect」を選んだご本人だけのものです。
no-answer = { $platform } から応答がありません
no-answer-help = まだ何も接続されていません。入力された内容は保存されています。1 分後にもう一度試すか、24 時間以内にこのページに戻ってください。
try-again = もう一度試す
link-expired = このリンクの有効期限が切れました
link-expired-why = App Center からのリンクは 24 時間有効です。接続は行われず、入力された内容は削除されました。
link-expired-help = このウィンドウを閉じ、App Center に戻ってもう一度「Connect」を選んでください。
not-enabled = { $app } はご利用いただけない設定になっています
not-enabled-why = { $platform } によると、現在 { $app } をお客様の会社に接続することはできません。接続は行われませんでした。
not-enabled-help = お問い合わせください。不足している点を一緒に確認いたします。
not-believed = このリンクを確認できませんでした
not-believed-why = リンクが示す接続の対象を、{ $platform } が確認できませんでした。接続は行われず、入力された内容は削除されました。
not-believed-help = App Center に戻り、もう一度「Connect」を選んでください。繰り返し表示される場合は、お問い合わせください。
refused = 接続は拒否されました
refused-why = { $platform } からの応答：{ $reason }。接続は行われませんでした。
refused-help = 下の相関 ID を添えてお問い合わせください。
our-fault = 現在 { $app } を接続できません
our-fault-why = 原因は弊社側にあり、担当者に通知されています。接続は行われませんでした。
our-fault-help = 後ほど App Center からもう一度お試しいただくか、お問い合わせください。
name-correlation-id = サポートにご連絡の際は、この相関 ID をお知らせください。

## Contact

contact-lead = 確認コードやお見積もりのご依頼、{ $app } に関するご相談を承ります。メールで回答いたします。
company = 会社名
how-can-we-help = お問い合わせ内容
sending = 送信しています…
send-message = 送信する
message-missing = お問い合わせ内容を入力してください
message-too-long = お問い合わせ内容は { $most } 文字以内で入力してください
message-arrived = お問い合わせを受け付けました
message-arrived-why = { $company } の担当者がメールで回答いたします。{ $app } を接続する途中だった場合は、24 時間以内であれば中断したところから続けられます。
back-to-the-connection = 接続に戻る

## What the app is

partner-apps = パートナーアプリ
our-apps = アプリ一覧
all-apps = すべてのアプリ
apps-for = { $platform } 向けアプリ
apps-lead = どのアプリも、App Center の各アプリのページから接続します。
console-for-staff = スタッフ用コンソール
apps = アプリ
no-app = アプリがまだ設定されていません
no-app-help = パートナーの設定にアプリを追加し、起動し直してください。
by-company = 提供：{ $company }
app-by-company = { $app }（提供：{ $company }）
how-to-connect = 接続の手順
how-sign-in = { $whom ->
    [company] { $platform } に会社の管理者としてサインインし、App Center を開きます。
   *[user] { $platform } にサインインし、App Center を開きます。
}
how-choose = { $app } のページを開き、「Connect」を選びます。
how-follow = { $company } のウィンドウが開きますので、最後まで進めてください。
how-afterwards = 接続の状態は App Center のアプリのページで確認でき、そこから接続を解除できます。
read-more = 詳しい情報

## Errors

to-the-start-page = トップページへ
correlation-id-at = 相関 ID、
open-again = ページを開き直す
unreadable = リクエストを読み取れませんでした
unreadable-help = 前のページに戻り、再読み込みしてからもう一度お試しください。
only-forms = このアドレスは、該当するページのフォームからの送信だけを受け付けます。
stale-form = ページを開いてから時間が経ちすぎています
stale-form-help = フォームのセッションが終了しています。何も変更されていません。ページを開き直し、最後の操作をもう一度行ってください。
not-found = ページが見つかりません
not-found-help = アドレスに誤りがあるか、ページがなくなっている可能性があります。
too-many = 試行回数が多すぎます
too-many-help = { $minutes } 分後にもう一度お試しください。これまでに入力された内容は保存されています。
method-not-allowed = このアドレスではその操作を行えません
method-not-allowed-help = ページはありますが、この種類のリクエストには対応していません。
too-large = 一度に送信できる量を超えています
too-large-help = フォームで送信できるのは 64 KiB までです。何も変更されていません。
unavailable = 現在ご利用いただけません
unavailable-help = 何も変更されていません。1 分後にもう一度お試しください。
failed = 処理できませんでした
failed-help = 何も変更されていません。もう一度お試しください。繰り返し表示される場合は、下の相関 ID をサポートにお知らせください。

## Dates

date-time = { $year }年{ $month }月{ $day }日 { $time }（UTC）
