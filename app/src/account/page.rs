//! The page itself: which cards there are for whom.

use domain::{
    identity::{SessionRow, SessionView},
    page::Page,
    partners::{MemberView, PartnerView},
};
use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    PartnerStanding, members::MembersCard, organisation::OrganisationCard, password::PasswordCard,
    profile::ProfileCard, sessions::SessionsCard, two_step::TwoStepCard,
};
use crate::{
    api,
    load::load,
    ui::{Done, DoneNotice, Notice, PageHead, Tone},
    visitor::{SessionKind, Visitor},
};

const DONE: &[Done] = &[("welcome", "Selamat datang. Anda sudah tergabung.", "Welcome. You have joined.")];

/// What the page is made of: the organisation only for members of one, and nothing but the session
/// for somebody who has to turn on two-step verification first.
struct Data {
    session: SessionView,
    sessions: Option<Page<SessionRow>>,
    organisation: Option<(PartnerView, Page<MemberView>)>,
}

#[component]
pub fn AccountPage() -> impl IntoView {
    let visitor = Visitor::current();
    let lang = visitor.lang;
    let title = lang.pick("Akun & keamanan", "Account & security");
    let session = api::get::<SessionView>("/portal-api/v1/session");
    let sessions = api::get::<Page<SessionRow>>("/portal-api/v1/sessions");
    let is_member = visitor.session.is_some_and(|session| session.kind == SessionKind::Partner);
    let organisation = is_member.then(|| {
        (
            api::get::<PartnerView>("/portal-api/v1/partner"),
            api::get::<Page<MemberView>>("/portal-api/v1/members?limit=100"),
        )
    });
    let data = async move {
        let session = session.await?;
        if session.must_enrol_totp {
            return Ok(Data { session, sessions: None, organisation: None });
        }
        let sessions = Some(sessions.await?);
        let organisation = match organisation {
            None => None,
            Some((partner, members)) => Some((partner.await?, members.await?)),
        };
        Ok(Data { session, sessions, organisation })
    };
    view! {
        <Title text=title/>
        <PageHead title=title/>
        {load(data, |data| view! { <Cards data=data/> })}
    }
}

#[component]
fn Cards(data: Data) -> impl IntoView {
    let lang = Visitor::current().lang;
    let Data { session, sessions, organisation } = data;
    let Some(sessions) = sessions else {
        return view! {
            <div class="stack-lg">
                <Notice
                    tone=Tone::Warning
                    title=lang.pick("Aktifkan verifikasi dua langkah dulu", "Turn on two-step verification first")
                >
                    <p>
                        {lang
                            .pick(
                                "Akun operator baru dapat dipakai setelah verifikasi dua langkah aktif.",
                                "An operator's account works only once two-step verification is on.",
                            )}
                    </p>
                </Notice>
                <TwoStepCard enabled=session.totp_enabled/>
            </div>
        }
        .into_any();
    };
    let me = session.user.id.clone();
    let may_manage = session.partner.as_ref().is_some_and(|partner| partner.role.may_manage());
    let standing = organisation.as_ref().map(|(partner, _)| {
        view! { <PartnerStanding status=partner.status reason=partner.status_reason.clone()/> }
    });
    let organisation = organisation.map(|(partner, members)| {
        view! {
            <OrganisationCard partner=partner may_manage=may_manage/>
            <MembersCard members=members me=me may_manage=may_manage/>
        }
    });
    view! {
        <div class="stack-lg">
            <DoneNotice words=DONE/>
            {standing}
            <div class="grid-2">
                <ProfileCard user=session.user/>
                <PasswordCard/>
            </div>
            <TwoStepCard enabled=session.totp_enabled/>
            <SessionsCard sessions=sessions/>
            {organisation}
        </div>
    }
    .into_any()
}
